import { describe, expect, it } from 'vitest';
import { boundsOf, recentReaching } from './time-range.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

describe('time ranges', () => {
  it('end now and start the chosen time ago', () => {
    expect(boundsOf({ kind: 'recent', recent: '1h' }, NOW)).toEqual({ fromMs: NOW - 3_600_000, toMs: NOW });
  });

  it('include the shortest one that reaches back to an instant', () => {
    expect(recentReaching(NOW - 60_000, NOW)).toBe('15m');
    expect(recentReaching(NOW - 2 * 86_400_000, NOW)).toBe('3d');
    expect(recentReaching(NOW - 90 * 86_400_000, NOW)).toBeNull();
  });
});
