import { describe, expect, it } from 'vitest';
import type { Price } from '../../api/types.ts';
import { emptyForm, formOf, requestOf } from './price-form.ts';

const price: Price = {
  id: 'a',
  revision: 2,
  model: 'acme-*',
  provider: 'acme',
  from: '2026-12-01T00:00:00.000000000Z',
  to: '2026-12-02T10:30:00.000000000Z',
  usdPerMillion: { input: 3, output: 15, cachedInput: 0.3 },
  tiers: [
    { aboveInputTokens: 200_000, input: 6, cachedInput: 0.6 },
    { aboveInputTokens: 500_000, input: 9 },
  ],
  serviceTiers: { batch: 0.5, flex: 0.75 },
  usdPerRequest: 0.01,
  createdAt: '2026-12-01T00:00:00.000000000Z',
  updatedAt: '2026-12-01T00:00:00.000000000Z',
};

describe('the form of a price', () => {
  it('that is saved unchanged sends the same price', () => {
    const { id: _id, revision: _revision, createdAt: _created, updatedAt: _updated, ...terms } = price;
    expect(requestOf(formOf(price))).toEqual({ ...terms, from: '2026-12-01', to: '2026-12-02T10:30:00Z' });
  });

  it('needs a model and the prices of input and output', () => {
    const problemOf = (form: Parameters<typeof requestOf>[0]) =>
      (requestOf(form) as { problem?: string }).problem;
    expect(problemOf(emptyForm())).toBe('Enter the name of the model.');
    expect(problemOf(emptyForm('m'))).toBe('Enter the price of input. Write 0 if it is free.');
    expect(problemOf(emptyForm('m', '', { input: 1 }))).toContain('price of output');
    expect(problemOf(emptyForm('m', '', { input: 1, output: 0 }))).toBeUndefined();
  });

  it.each([
    [{ perRequest: 'much' }, 'Per request: expected a number such as 2.50, not “much”.'],
    [{ perRequest: '-1' }, 'Per request: expected a number such as 2.50, not “-1”.'],
    [{ serviceTiers: 'batch' }, 'Service tiers: expected name=number, such as batch=0.5, not “batch”.'],
    [{ tiers: 'input=6' }, 'Long prompts: expected a number such as 2.50, not “input=6”.'],
    [{ tiers: '200,000: 6' }, 'Long prompts: expected name=number, such as batch=0.5, not “6”.'],
  ])('explains what is wrong in %j', (change, problem) => {
    expect(requestOf({ ...emptyForm('m', '', { input: 1, output: 1 }), ...change })).toEqual({ problem });
  });

  it('accepts a dollar sign and grouped numbers of tokens', () => {
    const form = {
      ...emptyForm('m', '', { input: 1, output: 1 }),
      perRequest: '$0.5',
      tiers: '200,000: input=6',
    };
    expect(requestOf(form)).toMatchObject({
      usdPerRequest: 0.5,
      tiers: [{ aboveInputTokens: 200_000, input: 6 }],
    });
  });
});
