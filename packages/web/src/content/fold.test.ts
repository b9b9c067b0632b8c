import { describe, expect, it } from 'vitest';
import { countLines, foldPoint, nextFoldPoint } from './fold.ts';

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}`).join('\n');

describe('folding long texts', () => {
  it('shows short texts in full', () => {
    expect(foldPoint('hello')).toBe(5);
    expect(foldPoint('')).toBe(0);
    expect(foldPoint(lines(30))).toBe(lines(30).length);
  });

  it('folds after thirty lines', () => {
    const text = lines(60);
    expect(text.slice(0, foldPoint(text))).toBe(lines(30));
  });

  it('does not fold if only a line or two would be hidden', () => {
    expect(foldPoint(lines(31))).toBe(lines(31).length);
  });

  it('folds a very long line', () => {
    expect(foldPoint('x'.repeat(1_500_000))).toBe(6000);
  });

  it('unfolds a text of a megabyte in steps', () => {
    const text = 'x'.repeat(1_000_000);
    expect(nextFoldPoint(text, 6000)).toBe(200_000);
    expect(nextFoldPoint(text, 950_000)).toBe(1_000_000);
  });

  it('counts lines', () => {
    expect(countLines('a\nb\n')).toBe(3);
  });
});
