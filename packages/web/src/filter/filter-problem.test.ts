import { parseFilter } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import { correction, isUnfinished } from './filter-problem.ts';

function problemOf(text: string) {
  const parsed = parseFilter(text);
  if (parsed.ok) throw new Error(`"${text}" has no problem`);
  return parsed.problem;
}

describe('a problem of a filter', () => {
  it.each(['has(kind:tool', 'name:"POST', 'kind:llm OR '])('%j is only unfinished', (text) => {
    expect(isUnfinished(text, problemOf(text))).toBe(true);
  });

  it.each(['modle:gpt', 'cost>cheap', 'kind:tool)', 'foo(kind:tool)'])('%j is wrong', (text) => {
    expect(isUnfinished(text, problemOf(text))).toBe(false);
  });

  it('is corrected in its place', () => {
    const text = 'kind:llm modle:gpt';
    expect(correction(text, problemOf(text))).toMatchObject([{ text: 'kind:llm model:gpt', caret: 14 }]);
  });
});
