import { z } from 'zod';
import { parseTimestamp } from '../contract/timestamps.ts';

const UNIT_NS = {
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
} as const;
const DAY_NS = UNIT_NS.d;

const EXPECTED =
  'expected ISO 8601 such as 2026-11-20T10:00:00Z or 2026-11-20, or a time ago such as -30m, -24h or -7d, or now, today or yesterday (midnight in UTC)';

/**
 * Parses a time as people and agents write it: ISO 8601, `-24h`, `now`, `today` (the last midnight in UTC) or `yesterday` (the
 * midnight before). Undefined if the text is none of these.
 */
export function parseWhen(text: string, nowNs: bigint): bigint | undefined {
  const written = text.trim().toLowerCase();
  if (written === 'now') return nowNs;
  if (written === 'today') return nowNs - (nowNs % DAY_NS);
  if (written === 'yesterday') return nowNs - (nowNs % DAY_NS) - DAY_NS;
  const ago = /^-(\d{1,5})\s?([mhdw])$/.exec(written);
  if (!ago) return parseTimestamp(text.trim());
  const ns = nowNs - BigInt(ago[1] as string) * UNIT_NS[ago[2] as keyof typeof UNIT_NS];
  return ns < 0n ? 0n : ns;
}

export const whenInput = (describes: string) =>
  z
    .string()
    .max(64)
    .optional()
    .describe(`${describes} ISO 8601, or -24h, -7d, today, yesterday. Default: no limit.`);

/** @throws WhenError */
export function readWhen(name: string, text: string | undefined, nowNs: bigint): bigint | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const ns = parseWhen(text, nowNs);
  if (ns === undefined) throw new WhenError(`${name}: ${EXPECTED}, found ${JSON.stringify(text)}.`);
  return ns;
}

export class WhenError extends Error {
  override readonly name = 'WhenError';
}
