import { expect, it } from 'vitest';
import { parseProblemsView, printProblemsView, problemKey } from './url.ts';

it.each([
  [{ open: [] }, {}],
  [{ project: 'shop', open: [] }, { project: 'shop' }],
  [
    { project: 'shop', open: ['traces:invalid-trace-id', 'logs:malformed-body:all'] },
    { project: 'shop', open: 'traces:invalid-trace-id~logs:malformed-body:all' },
  ],
])('converts the view %j to the search parameters %j and back', (view, search) => {
  expect(printProblemsView(view)).toEqual(search);
  expect(parseProblemsView(search)).toEqual(view);
});

it('ignores empty and repeated keys in the search parameters', () => {
  expect(parseProblemsView({ open: '~~a~a~', project: '' })).toEqual({ open: ['a'] });
});

it('the same reason with and without a project gives two different keys', () => {
  const problem = { signal: 'traces', reason: 'malformed-body' };
  expect(problemKey({ ...problem, project: 'shop' })).toBe('traces:malformed-body');
  expect(problemKey({ ...problem, project: null })).toBe('traces:malformed-body:all');
});
