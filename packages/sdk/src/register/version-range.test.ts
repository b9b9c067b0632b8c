import { expect, it } from 'vitest';
import { isInRange } from './version-range.ts';

it.each([
  ['6.0.0', '>=6.0.0 <8.0.0', true],
  ['7.55.0', '>=6.0.0 <8.0.0', true],
  ['8.0.0', '>=6.0.0 <8.0.0', false],
  ['5.23.2', '>=6.0.0 <8.0.0', false],
  ['7.0.0-beta.2', '>=6 <8', true],
  ['0.137.0', '>=0.60.0 <2.0.0', true],
  ['0.9.0', '>=0.60.0 <2.0.0', false],
  ['3.1.0', '>=1.0.0 <2.0.0 || 3.1.0', true],
  ['v2.0.1', '>2.0.0', true],
  ['latest', '>=0.0.0', false],
  ['', '>=0.0.0', false],
])('%s in %s: %s', (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected);
});
