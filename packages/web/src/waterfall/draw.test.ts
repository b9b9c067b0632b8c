import { findCriticalPath, layoutTrace, SPAN_KINDS, type SpanKind } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import { drawBars, drawMinimap, type Palette, type Pen } from './draw.ts';
import { pathMarks } from './path-marks.ts';
import { spanFixture } from './span-fixture.ts';

const palette: Palette = {
  kinds: Object.fromEntries(SPAN_KINDS.map((kind) => [kind, kind])) as Record<SpanKind, string>,
  line: 'line',
  error: 'error',
  accent: 'accent',
  page: 'page',
  ink: 'ink',
  warning: 'warning',
};

interface Filled {
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly alpha: number;
}

/** A pen that records what is drawn. */
function recorder(): { pen: Pen; filled: Filled[]; shapes: string[] } {
  const filled: Filled[] = [];
  const shapes: string[] = [];
  const nothing = () => {};
  const pen = {
    fillStyle: '',
    strokeStyle: '',
    lineWidth: 1,
    globalAlpha: 1,
    clearRect: nothing,
    fillRect: (x: number, y: number, width: number) =>
      filled.push({ colour: String(pen.fillStyle), x, y, width, alpha: pen.globalAlpha }),
    beginPath: nothing,
    moveTo: nothing,
    lineTo: nothing,
    stroke: () => shapes.push('hatch'),
    fill: () => shapes.push('pointer'),
    closePath: nothing,
    save: nothing,
    restore: nothing,
    rect: nothing,
    clip: nothing,
  } as unknown as Pen;
  return { pen, filled, shapes };
}

function draw(
  spans: readonly ReturnType<typeof spanFixture>[],
  window?: { fromMs: number; toMs: number },
  matches?: Uint8Array,
  marked = false,
) {
  const layout = layoutTrace(spans);
  const recorded = recorder();
  drawBars(recorded.pen, {
    layout,
    rows: Int32Array.from(layout.spans.keys()),
    firstRow: 0,
    lastRow: layout.spans.length,
    rowHeight: 28,
    scale: { ...(window ?? { fromMs: 0, toMs: layout.totalMs }), widthPx: 100 },
    ticks: [],
    palette,
    matches,
    isTime: true,
    marks: marked ? pathMarks(layout, findCriticalPath(layout)) : undefined,
  });
  return recorded;
}

describe('drawing bars', () => {
  it('puts each span on its row, from its start to its end, in the colour of its kind', () => {
    const { filled } = draw([
      spanFixture('a', null, 0, 100, { kind: 'chain' }),
      spanFixture('b', 'a', 25, 50, { kind: 'tool' }),
    ]);
    expect(filled).toEqual([
      { colour: 'chain', x: 0, y: 8, width: 100, alpha: 1 },
      { colour: 'tool', x: 25, y: 36, width: 50, alpha: 1 },
    ]);
  });

  it('hatches the time to first token', () => {
    const { filled, shapes } = draw([spanFixture('a', null, 0, 100, { kind: 'llm', ttftMs: 40 })]);
    expect(filled.map(({ x, width, alpha }) => ({ x, width, alpha }))).toEqual([
      { x: 0, width: 40, alpha: 0.3 },
      { x: 40, width: 60, alpha: 1 },
    ]);
    expect(shapes).toEqual(['hatch']);
  });

  it('draws very short spans with a minimum width, also at the right edge', () => {
    const { filled } = draw([spanFixture('a', null, 0, 1000), spanFixture('b', 'a', 1000, 0)]);
    expect(filled[1]).toMatchObject({ x: 98, width: 2 });
  });

  it('marks errors with a red line below the bar', () => {
    const { filled } = draw([spanFixture('a', null, 0, 100, { status: 'error' })]);
    expect(filled.at(-1)).toMatchObject({ colour: 'error', y: 20, width: 100 });
  });

  it('draws a running span as a bar that fades towards the right edge', () => {
    const { filled } = draw([spanFixture('a', null, 0, null), spanFixture('b', 'a', 0, 100)]);
    const bar = filled.filter(({ y }) => y === 8);
    expect(bar.length).toBe(8);
    expect((bar.at(-1)?.x ?? 0) + (bar.at(-1)?.width ?? 0)).toBe(100);
    expect(bar.at(-1)?.alpha).toBeLessThan(bar[0]?.alpha ?? 0);
  });

  it('points to spans that lie outside the window', () => {
    const { filled, shapes } = draw([spanFixture('a', null, 0, 10), spanFixture('b', null, 90, 10)], {
      fromMs: 40,
      toMs: 60,
    });
    expect(filled).toEqual([]);
    expect(shapes).toEqual(['pointer', 'pointer']);
  });

  it('limits coordinates to the visible area, whatever the zoom', () => {
    const { filled } = draw([spanFixture('a', null, 0, 1e9)], { fromMs: 5e8, toMs: 5e8 + 1e-3 });
    expect(filled).toEqual([{ colour: 'span', x: -2, y: 8, width: 104, alpha: 1 }]);
  });

  it('draws rows that do not match the search faintly', () => {
    const { filled } = draw(
      [spanFixture('a', null, 0, 10), spanFixture('b', 'a', 1, 5)],
      undefined,
      Uint8Array.of(0, 1),
    );
    expect(filled.map(({ alpha }) => alpha)).toEqual([0.25, 1]);
  });
});

describe('marking the critical path', () => {
  const family = [
    spanFixture('root', null, 0, 100, { kind: 'chain' }),
    spanFixture('fast', 'root', 0, 20, { kind: 'tool' }),
    spanFixture('slow', 'root', 0, 80, { kind: 'tool' }),
  ];
  const lines = (colour: string) =>
    draw(family, undefined, undefined, true)
      .filled.filter((each) => each.colour === colour && each.alpha === 1)
      .map(({ x, y, width }) => ({ x, y, width }));

  it('draws a line above the bar of the span that the trace waited for', () => {
    expect(lines('ink')).toEqual([{ x: 0, y: 61, width: 80 }]);
  });

  it('draws it in another colour where none of the steps of a chain ran', () => {
    expect(lines('warning')).toEqual([{ x: 80, y: 5, width: 20 }]);
  });

  it('draws dots after a branch while a slower one kept the trace waiting', () => {
    const dots = draw(family, undefined, undefined, true).filled.filter(({ alpha }) => alpha === 0.5);
    expect([dots[0]?.x, dots.at(-1)?.x, dots.length]).toEqual([24, 78, 10]);
  });
});

describe('marking branches that could have run at the same time', () => {
  const serial = ['a', 'b', 'c'].map((name, k) =>
    spanFixture(name, 'root', k * 30, 30, { kind: 'retriever', status: 'ok' }),
  );

  it('draws dashes from the start of the first branch to each later one', () => {
    const { filled } = draw([spanFixture('root', null, 0, 100), ...serial], undefined, undefined, true);
    const dashes = filled.filter(({ colour, alpha }) => colour === 'warning' && alpha === 0.7);
    const ofRow = (y: number) => dashes.filter((each) => each.y === y).map(({ x }) => x);
    expect(ofRow(41)).toEqual([]);
    expect(ofRow(69)).toEqual([0, 8, 16, 24]);
    expect(ofRow(97)).toEqual([0, 8, 16, 24, 32, 40, 48, 56]);
    expect(dashes.every(({ x, width }) => x + width < 60)).toBe(true);
  });

  it('draws none before branches that ran at the same time', () => {
    const beside = serial.map((each, k) => spanFixture(each.spanId, 'root', k, 30, { kind: 'retriever' }));
    const { filled } = draw([spanFixture('root', null, 0, 100), ...beside], undefined, undefined, true);
    expect(filled.filter(({ colour, alpha }) => colour === 'warning' && alpha === 0.7)).toEqual([]);
  });
});

describe('drawing the minimap', () => {
  const minimap = (spans: readonly ReturnType<typeof spanFixture>[]) => {
    const { pen, filled } = recorder();
    drawMinimap(pen, layoutTrace(spans), palette, 800, 36);
    return { filled, marks: filled.filter(({ colour }) => colour === 'error') };
  };

  it('draws a limited number of lines for any number of spans, and errors do not hide them', () => {
    const { filled, marks } = minimap(
      Array.from({ length: 50_000 }, (_, i) =>
        spanFixture(`s${i}`, i ? 's0' : null, i % 1000, 5, { status: 'error' }),
      ),
    );
    expect(filled.length).toBeLessThan(8000);
    expect(marks.length).toBeGreaterThan(60);
    // Each is three pixels high.
    const covered = marks.reduce((sum, { width }) => sum + width * 3, 0) / (800 * 36);
    expect(covered).toBeLessThan(0.15);
  });

  it('marks each error at the end of its span, if there are few', () => {
    const { marks } = minimap([
      spanFixture('a', null, 0, 100),
      spanFixture('b', 'a', 0, 25, { status: 'error' }),
      spanFixture('c', 'a', 30, 20),
      spanFixture('d', 'a', 50, 50, { status: 'error' }),
    ]);
    expect(marks.map(({ x, y, width }) => [x, y, width])).toEqual([
      [196, 8.75, 4],
      [796, 22.25, 4],
    ]);
  });
});
