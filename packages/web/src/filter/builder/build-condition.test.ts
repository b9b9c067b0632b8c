import { FILTER_FIELDS, type FilterField, parseFilter } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import {
  type BuilderOperator,
  type BuilderSubject,
  buildCondition,
  operatorsOf,
  valuesOf,
} from './build-condition.ts';

const field = (name: FilterField): BuilderSubject => ({ type: 'field', field: name });
const attribute = (key: string): BuilderSubject => ({ type: 'attribute', key });

describe('a condition that was put together', () => {
  it.each<[BuilderSubject, BuilderOperator, string[], string]>([
    [field('model'), 'is', ['gpt-4o'], 'model:gpt-4o'],
    [field('model'), 'is', ['gpt-4o', 'a b'], 'model:gpt-4o OR model:"a b"'],
    [field('model'), 'is-not', ['a', 'b'], '-(model:a OR model:b)'],
    [field('name'), 'contains', ['POST /chat'], 'name:*"POST /chat"*'],
    [field('name'), 'begins', ['*'], 'name:"*"*'],
    [field('name'), 'ends', ['x'], 'name:*x'],
    [field('user'), 'absent', [], '-user:*'],
    [field('tag'), 'present', [], 'tag:*'],
    [field('latency'), '>', ['2s'], 'latency>2s'],
    [field('latency'), 'between', ['200ms', '1s'], 'latency:200ms..1s'],
    [field('cost'), '<=', [' 2c '], 'cost<=0.02'],
    [attribute('customer.tier'), 'is', ['gold'], 'attr.customer.tier:gold'],
    [attribute('odd key'), '>=', ['3'], 'attr."odd key">=3'],
    [attribute('n'), 'is', ['3'], 'attr.n:"3"'],
    [{ type: 'score', key: 'faithfulness' }, '<', ['0.5'], 'score.faithfulness<0.5'],
    [{ type: 'resource', key: 'k8s.pod.name' }, 'begins', ['web-'], 'resource.k8s.pod.name:web-*'],
  ])('%j %s %j is written as %s', (subject, operator, values, text) => {
    expect(buildCondition(subject, operator, values, 'trace')).toMatchObject({ ok: true, text });
  });

  it.each<[BuilderSubject, BuilderOperator, string[], RegExp]>([
    [field('model'), 'is', [' '], /Choose or enter/],
    [field('latency'), 'between', ['1s'], /both ends/],
    [field('latency'), '>', ['soon'], /./],
    [attribute(' '), 'is', ['x'], /Enter a key/],
  ])('%j %s %j is not complete', (subject, operator, values, message) => {
    const built = buildCondition(subject, operator, values, 'trace');
    expect(built.ok).toBe(false);
    expect(!built.ok && built.message).toMatch(message);
  });

  it('of every field and operator can be parsed', () => {
    for (const name of Object.keys(FILTER_FIELDS) as FilterField[])
      for (const [operator] of operatorsOf(field(name))) {
        const [one, two] = FILTER_FIELDS[name].unit === 'ms' ? ['1s', '2s'] : ['1', '2'];
        const values = { none: [], one: [one], two: [one, two], many: [one, two] }[valuesOf(operator)];
        const built = buildCondition(field(name), operator, values, 'trace');
        expect(built.ok && parseFilter(built.text).ok, `${name} ${operator}`).toBe(true);
      }
  });
});
