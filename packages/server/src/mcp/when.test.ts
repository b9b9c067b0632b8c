import { expect, it } from 'vitest';
import { parseWhen } from './when.ts';

const NOW = BigInt(Date.UTC(2026, 10, 20, 10, 30)) * 1_000_000n;
const at = (...parts: [number, number, number, number?]) => BigInt(Date.UTC(...parts)) * 1_000_000n;

it.each([
  ['now', NOW],
  ['today', at(2026, 10, 20)],
  ['Yesterday', at(2026, 10, 19)],
  ['-30m', NOW - 1_800_000_000_000n],
  ['-24h', NOW - 86_400_000_000_000n],
  ['-7d', NOW - 604_800_000_000_000n],
  ['-2w', NOW - 1_209_600_000_000_000n],
  ['-99999w', 0n],
  ['2026-11-19', at(2026, 10, 19)],
  ['2026-11-19T08:00:00Z', at(2026, 10, 19, 8)],
])('%s is a time', (text, ns) => {
  expect(parseWhen(text, NOW)).toBe(ns);
});

it.each(['', 'last week', '24h', '-h', '- 3d', '-3y', '19.11.2026'])('%j is not a time', (text) => {
  expect(parseWhen(text, NOW)).toBeUndefined();
});
