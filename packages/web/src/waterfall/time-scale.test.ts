import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panBy, ticksOf, toMilliseconds, toPixels, windowAround, within, zoomAround } from './time-scale.ts';

const positive = fc.double({ min: 1e-3, max: 1e8, noNaN: true });

describe('the time scale', () => {
  it('converts time to pixels and back', () => {
    fc.assert(
      fc.property(
        positive,
        positive,
        fc.integer({ min: 50, max: 4000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, length, widthPx, at) => {
          const scale = { fromMs: from, toMs: from + length, widthPx };
          const ms = from + length * at;
          expect(toMilliseconds(scale, toPixels(scale, ms))).toBeCloseTo(ms, 3);
        },
      ),
    );
  });

  it('zooms around the pointer, which stays at the same time', () => {
    const window = zoomAround({ fromMs: 0, toMs: 100 }, 25, 0.5, 100);
    expect(window).toEqual({ fromMs: 12.5, toMs: 62.5 });
  });

  it('stays within the trace', () => {
    const windows = fc.record({ fromMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }), length: positive });
    fc.assert(
      fc.property(windows, positive, ({ fromMs, length }, totalMs) => {
        const window = within({ fromMs, toMs: fromMs + length }, totalMs);
        expect(window.fromMs).toBeGreaterThanOrEqual(0);
        expect(window.toMs).toBeLessThanOrEqual(totalMs * (1 + 1e-9));
      }),
    );
    expect(panBy({ fromMs: 80, toMs: 90 }, 50, 100)).toEqual({ fromMs: 90, toMs: 100 });
    expect(zoomAround({ fromMs: 0, toMs: 100 }, 50, 4, 100)).toEqual({ fromMs: 0, toMs: 100 });
  });

  it('fits a span with a small margin', () => {
    expect(windowAround(100, 200, 1000)).toEqual({ fromMs: 92, toMs: 208 });
  });

  it.each([
    [0, 4210, 600, ['0', '1 s', '2 s', '3 s', '4 s']],
    [0, 90, 400, ['0', '50 ms']],
    [0, 0.02, 300, ['0', '10 µs', '20 µs']],
    [5000, 5600, 300, ['5.0 s', '5.2 s', '5.4 s', '5.6 s']],
    [0, 600_000, 600, ['0', '2 m', '4 m', '6 m', '8 m', '10 m']],
  ])('labels %d to %d ms on %d px with round times', (fromMs, toMs, widthPx, labels) => {
    expect(ticksOf({ fromMs, toMs, widthPx }).map((tick) => tick.label)).toEqual(labels);
  });

  it('has no more ticks than fit, and no two with the same label', () => {
    fc.assert(
      fc.property(positive, positive, (fromMs, length) => {
        const ticks = ticksOf({ fromMs, toMs: fromMs + length, widthPx: 900 });
        expect(ticks.length).toBeLessThanOrEqual(12);
        if (length > fromMs / 1e6) expect(new Set(ticks.map((tick) => tick.label)).size).toBe(ticks.length);
      }),
    );
  });
});
