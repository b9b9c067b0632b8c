import { expect, it } from 'vitest';
import { completionContext } from './completion-context.ts';
import { nameOptions } from './name-options.ts';

const optionsFor = (text: string, caret = text.length) => nameOptions(text, completionContext(text, caret));
const labels = (text: string, caret?: number) => optionsFor(text, caret).map(({ label }) => label);

it('fields that begin with the written text come before those that contain it', () => {
  expect(labels('to')).toEqual([
    'tool',
    'tokens',
    'inputTokens',
    'outputTokens',
    'cacheReadTokens',
    'cacheWriteTokens',
    'reasoningTokens',
  ]);
});

it('a field is found by its other names', () => {
  expect(labels('dur')).toEqual(['latency']);
});

it('choosing a field writes the operator after it, choosing a function its parentheses', () => {
  expect(optionsFor('kind:llm mode')[0]).toMatchObject({ text: 'kind:llm model:', caret: 15 });
  expect(optionsFor('cos')[0]).toMatchObject({ text: 'cost>', caret: 5 });
  expect(optionsFor('coun')[0]).toMatchObject({ label: 'count(…)', text: 'count()', caret: 6 });
  expect(optionsFor('attr')[0]).toMatchObject({ text: 'attr.', caret: 5 });
});

it('only fields of spans are offered inside a function', () => {
  expect(labels('errors')).toEqual(['errors']);
  expect(labels('has(errors)', 10)).toEqual([]);
});

it('a filter does not begin with OR', () => {
  expect(labels('OR')).not.toContain('OR');
  expect(labels('kind:llm OR')).toContain('OR');
});
