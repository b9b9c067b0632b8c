import { expect, it } from 'vitest';
import { boxBetween, cellAt, heatStep, stepTo } from './heat-box.ts';

it('a box has the same cells from any corner', () => {
  const box = { columns: [2, 7], rows: [1, 3] };
  expect(boxBetween({ column: 7, row: 1 }, { column: 2, row: 3 })).toEqual(box);
  expect(boxBetween({ column: 2, row: 3 }, { column: 7, row: 1 })).toEqual(box);
});

it('a point belongs to a cell, whose rows count from the bottom', () => {
  expect(cellAt(0, 0, 10, 4)).toEqual({ column: 0, row: 3 });
  expect(cellAt(0.99, 0.99, 10, 4)).toEqual({ column: 9, row: 0 });
  expect(cellAt(1.7, -0.2, 10, 4)).toEqual({ column: 9, row: 3 });
});

it('arrow keys move to the next cell and stay inside', () => {
  expect(stepTo({ column: 1, row: 1 }, 'ArrowUp', 3, 3)).toEqual({ column: 1, row: 2 });
  expect(stepTo({ column: 2, row: 0 }, 'ArrowRight', 3, 3)).toEqual({ column: 2, row: 0 });
  expect(stepTo({ column: 2, row: 0 }, 'Enter', 3, 3)).toBeUndefined();
});

it('the colour scale has five steps, so that single traces beside thousands remain visible', () => {
  expect([1, 3, 10, 100, 1000].map((count) => heatStep(count, 1000))).toEqual([0, 0, 1, 3, 4]);
  expect(heatStep(1, 1)).toBe(4);
});
