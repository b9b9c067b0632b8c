import { expect, it } from 'vitest';
import { withKind } from './kind-filter.ts';

it('a quick choice replaces another one and keeps the other conditions', () => {
  expect(withKind('', 'llm')).toBe('kind:llm');
  expect(withKind('kind:llm cost>1', 'tool')).toBe('kind:tool cost>1');
  expect(withKind('cost>1 kind:retriever', undefined)).toBe('cost>1');
  expect(withKind('kind:agent', 'tool')).toBe('kind:tool kind:agent');
});
