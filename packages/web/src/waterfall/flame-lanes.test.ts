import { findCriticalPath, layoutTrace } from '@throughline/spans';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFlame, type FlamePen, spanAt } from './draw-flame.ts';
import { flameLanes } from './flame-lanes.ts';
import { measuredLayout } from './measured-layout.ts';
import { pathMarks } from './path-marks.ts';
import { spanFixture } from './span-fixture.ts';

const lanesOf = (spans: Parameters<typeof layoutTrace>[0]) => {
  const layout = layoutTrace(spans as never) as never as Parameters<typeof flameLanes>[0];
  const { laneOf, lanes } = flameLanes(layout);
  return { layout, laneOf, lanes, names: lanes.map((lane) => lane.map((i) => layout.spans[i]?.spanId)) };
};

describe('the lanes of a flame graph', () => {
  it('put children below their parent, and spans of the same time below each other', () => {
    const { names } = lanesOf([
      spanFixture('root', null, 0, 100),
      spanFixture('a', 'root', 10, 40),
      spanFixture('b', 'root', 20, 60),
      spanFixture('c', 'a', 10, 20),
      spanFixture('d', 'root', 85, 10),
    ]);
    expect(names).toEqual([['root'], ['a', 'd'], ['c'], ['b']]);
  });

  it('have no span that covers another', () => {
    const span = fc.record({ start: fc.nat(100), length: fc.nat(60), parent: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 40 }), (planned) => {
        const { layout, laneOf, lanes } = lanesOf(
          planned.map(({ start, length, parent }, i) =>
            spanFixture(`s${i}`, i === 0 ? null : `s${parent % i}`, start, length),
          ),
        );
        for (const lane of lanes)
          lane.forEach((i, k) => {
            const before = lane[k - 1];
            if (before === undefined) return;
            const end = (layout.startMs[before] as number) + (layout.durationMs[before] as number);
            expect(layout.startMs[i] as number).toBeGreaterThanOrEqual(end - 1e-6);
          });
        layout.parent.forEach((up, i) => {
          if (up >= 0) expect(laneOf[i] as number).toBeGreaterThan(laneOf[up] as number);
        });
      }),
    );
  });

  it('are at most 400 below a parent of which all children run at the same time', () => {
    const spans = Array.from({ length: 3_000 }, (_, i) =>
      spanFixture(`s${i}`, i === 0 ? null : 's0', 0, 100),
    );
    expect(lanesOf(spans).lanes.length).toBe(401);
  });
});

describe('the bars of a flame graph', () => {
  const { layout, lanes } = lanesOf([
    spanFixture('root', null, 0, 1000),
    ...Array.from({ length: 1000 }, (_, i) => spanFixture(`s${i}`, 'root', i, 0.5)),
  ]);
  const draw = (toMs: number) => {
    const texts: string[] = [];
    let bars = 0;
    const pen = {
      clearRect: () => {},
      strokeRect: () => {},
      fillRect: () => {
        bars += 1;
      },
      fillText: (text: string) => texts.push(text),
    } as unknown as FlamePen;
    drawFlame(pen, {
      layout,
      lanes,
      firstLane: 0,
      lastLane: lanes.length,
      scale: { fromMs: 0, toMs, widthPx: 100 },
      ticks: [],
      palette: { kinds: {} } as never,
      selected: -1,
      isTime: true,
      labelOf: (i) => layout.spans[i]?.spanId ?? '',
    });
    return { bars, texts };
  };

  it('that are narrower than a pixel are drawn once for each pixel', () => {
    const { bars, texts } = draw(1000);
    expect(bars).toBeLessThan(110);
    expect(texts).toEqual(['root']);
  });

  it('have their names when they are wide enough', () => {
    expect(draw(1).texts).toEqual(['root', 's0']);
  });

  it('are as wide as their cost or tokens, below their parent and beside each other', () => {
    const call = { kind: 'llm', counted: true, inputTokens: 10 } as const;
    const trace = layoutTrace([
      spanFixture('agent', null, 0, 100, { kind: 'agent' }),
      spanFixture('a', 'agent', 0, 90, { ...call, outputTokens: 50, costUsd: 0.75 }),
      spanFixture('b', 'agent', 95, 2, { ...call, outputTokens: 10, costUsd: 0.25 }),
      spanFixture('free', 'agent', 0, 90, { kind: 'tool' }),
    ]);
    const barsBy = (width: 'cost' | 'tokens') => {
      const measured = measuredLayout(trace, width);
      const bars: (readonly number[])[] = [];
      const pen = {
        clearRect: () => {},
        strokeRect: () => {},
        fillText: () => {},
        fillRect: (...bar: number[]) => bars.push(bar),
      } as unknown as FlamePen;
      const { lanes: measuredLanes } = flameLanes(measured);
      drawFlame(pen, {
        layout: measured,
        lanes: measuredLanes,
        firstLane: 0,
        lastLane: measuredLanes.length,
        scale: { fromMs: 0, toMs: measured.totalMs, widthPx: 400 },
        ticks: [],
        palette: { kinds: {} } as never,
        selected: -1,
        isTime: false,
        labelOf: () => '',
      });
      // Without the stripe at the beginning of each bar and the gap after it.
      return bars
        .filter(([, , barWidth]) => barWidth !== 3)
        .map(([x, y, barWidth]) => [x, y, (barWidth ?? 0) + 1]);
    };
    expect(barsBy('cost')).toEqual([
      [0, 0, 400],
      [0, 20, 300],
      [300, 20, 100],
    ]);
    expect(barsBy('tokens')).toEqual([
      [0, 0, 400],
      [0, 20, 300],
      [300, 20, 100],
    ]);
  });

  it('mark branches that could have run at the same time', () => {
    const { layout: serial, lanes: serialLanes } = lanesOf([
      spanFixture('root', null, 0, 100),
      spanFixture('a', 'root', 0, 50, { kind: 'retriever' }),
      spanFixture('b', 'root', 50, 50, { kind: 'retriever' }),
    ]);
    const marked: number[] = [];
    const pen = {
      fillStyle: '',
      clearRect: () => {},
      strokeRect: () => {},
      fillText: () => {},
      fillRect(x: number) {
        if (this.fillStyle === 'warning') marked.push(x);
      },
    };
    drawFlame(pen as unknown as FlamePen, {
      layout: serial,
      lanes: serialLanes,
      firstLane: 0,
      lastLane: serialLanes.length,
      scale: { fromMs: 0, toMs: 100, widthPx: 400 },
      ticks: [],
      palette: { kinds: {}, warning: 'warning' } as never,
      selected: -1,
      marks: pathMarks(serial, findCriticalPath(serial)),
      isTime: true,
      labelOf: () => '',
    });
    expect(marked).toEqual([200]);
  });

  it('are found at a position', () => {
    const lane = lanes[1] ?? [];
    const at = (ms: number) => layout.spans[spanAt(layout, lane, ms, 0) ?? -1]?.spanId;
    expect([at(500.2), at(500.7), at(0), at(2000)]).toEqual(['s500', undefined, 's0', undefined]);
  });
});
