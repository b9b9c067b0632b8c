import { describe, expect, it } from 'vitest';
import { backoffMs, parseRetryAfter, resultOf } from './retry.ts';

describe('retry', () => {
  it('reads Retry-After as seconds or a date, up to one minute', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(
      ['2', '0.5', 'Thu, 01 Jan 2026 00:00:03 GMT', 'Wed, 31 Dec 2025 00:00:00 GMT', '86400', 'soon', ''].map(
        (text) => parseRetryAfter(text, now),
      ),
    ).toEqual([2_000, 500, 3_000, 0, 60_000, undefined, undefined]);
  });

  it('doubles the delay after each failure, up to 30 seconds', () => {
    expect([1, 2, 3, 20].map((failures) => backoffMs(failures, 1))).toEqual([500, 1_000, 2_000, 30_000]);
    expect(backoffMs(1, 0)).toBe(250);
  });

  it('retries only statuses that may succeed later', () => {
    const outcome = (status: number) => resultOf(status, undefined, undefined, '', 0).outcome;
    expect([200, 202, 400, 401, 404, 413, 429, 500, 503].map(outcome)).toEqual([
      'accepted',
      'accepted',
      'refused',
      'refused',
      'refused',
      'refused',
      'retry',
      'retry',
      'retry',
    ]);
  });
});
