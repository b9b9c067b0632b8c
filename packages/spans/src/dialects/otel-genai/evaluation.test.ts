import { expect, it } from 'vitest';
import { type AttributeValue, DoubleValue } from '../../model/raw-span.ts';
import { evaluationOf } from './evaluation.ts';

const read = (values: Record<string, AttributeValue>) =>
  evaluationOf(new Map(Object.entries(values).map(([key, value]) => [`gen_ai.evaluation.${key}`, value])));

it('reads a number with its label and explanation', () => {
  expect(
    read({
      name: 'relevance',
      'score.value': new DoubleValue(0.5),
      'score.label': 'pass',
      explanation: 'on topic',
    }),
  ).toEqual({ name: 'relevance', value: 0.5, label: 'pass', explanation: 'on topic' });
});

it('uses the label as the value if there is no number', () => {
  expect(read({ name: 'tone', 'score.label': 'friendly' })).toEqual({ name: 'tone', value: 'friendly' });
});

it('returns undefined if the name or the result is missing', () => {
  expect(read({ 'score.value': 1 })).toBeUndefined();
  expect(read({ name: 'relevance', explanation: 'the judge failed' })).toBeUndefined();
  expect(read({ name: 'relevance', 'score.value': Number.NaN })).toBeUndefined();
});
