import { expect, it } from 'vitest';
import { CliError } from './api-client.ts';
import { checkFilter } from './check-filter.ts';

it('a filter that can be understood is accepted', () => {
  expect(() => checkFilter('kind:llm cost>0.02')).not.toThrow();
  expect(() => checkFilter(undefined)).not.toThrow();
});

it('the error of a wrong filter points at the faulty characters', () => {
  let caught: unknown;
  try {
    checkFilter('kind:llm modle:gpt-4o');
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(CliError);
  expect((caught as CliError).exitCode).toBe(2);
  expect((caught as CliError).message.split('\n').slice(0, 2)).toEqual([
    'kind:llm modle:gpt-4o',
    '         ^^^^^',
  ]);
  expect((caught as CliError).message).toContain('There is no field "modle". Did you mean model?');
});

it('the error points behind a filter that ends too early', () => {
  expect(() => checkFilter('kind:llm OR ')).toThrow(/^kind:llm OR \n {12}\^\n/);
});
