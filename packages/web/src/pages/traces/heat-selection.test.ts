import { expect, it } from 'vitest';
import type { TraceHeatMap } from '../../api/types.ts';
import {
  bothFilters,
  boxOf,
  filterOfSelection,
  parseSelection,
  printSelection,
  selectionOf,
} from './heat-selection.ts';

const MAP: TraceHeatMap = {
  measure: 'latency',
  from: '2026-11-20T10:00:00Z',
  to: '2026-11-20T10:03:00Z',
  bucketSeconds: 60,
  columns: ['2026-11-20T10:00:00Z', '2026-11-20T10:01:00Z', '2026-11-20T10:02:00Z'],
  rows: [
    { low: 700, high: 1000 },
    { low: 1000, high: 1500 },
    { low: 1500, high: 2000 },
  ],
  cells: [],
  traces: 0,
  missing: 0,
};
const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);

it('a box becomes a range of time and of the measure, and back', () => {
  const box = { columns: [1, 2], rows: [1, 2] } as const;
  const selection = selectionOf(MAP, box);
  expect(selection).toEqual({ fromMs: at('10:01:00'), toMs: at('10:03:00'), low: 1000, high: 2000 });
  expect(boxOf(MAP, selection ?? { fromMs: 0, toMs: 1, low: 0, high: 1 })).toEqual(box);
});

it('a selection survives the address, also with fractions', () => {
  for (const selection of [
    { fromMs: 1, toMs: 2, low: 1000, high: 2000 },
    { fromMs: 1_796_040_000_000, toMs: 1_796_040_060_000, low: 0.0015, high: 0.002 },
  ])
    expect(parseSelection(printSelection(selection))).toEqual(selection);
  for (const text of [undefined, '', '1..2', '2..1,3..4', 'a..b,c..d', '1..2,4..3'])
    expect(parseSelection(text)).toBeUndefined();
});

it('a selection outside the map has no box', () => {
  expect(boxOf(MAP, { fromMs: 0, toMs: 1000, low: 700, high: 900 })).toBeUndefined();
});

it('a selection becomes a filter, which is added to another', () => {
  const selection = { fromMs: 0, toMs: 1, low: 1000, high: 1500 };
  expect(filterOfSelection('latency', selection)).toBe('latency>=1s latency<1500ms');
  expect(filterOfSelection('cost', { ...selection, low: 0.0015, high: 0.002 })).toBe(
    'cost>=0.0015 cost<0.002',
  );
  expect(bothFilters('', 'latency>=1s')).toBe('latency>=1s');
  expect(bothFilters('model:a OR model:b', 'latency>=1s latency<2s')).toBe(
    '(model:a OR model:b) latency>=1s latency<2s',
  );
});
