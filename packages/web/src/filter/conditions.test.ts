import { parseFilter } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import {
  conditionsOf,
  equals,
  not,
  stateOf,
  toggleCondition,
  withCondition,
  withoutCondition,
} from './conditions.ts';

const FILTER = 'kind:llm (feature:search OR feature:chat) -env:staging';

describe('the conditions of a filter', () => {
  it('are those at the top level', () => {
    expect(conditionsOf(FILTER)).toHaveLength(3);
    expect(conditionsOf('feature:search OR feature:chat')).toHaveLength(1);
    expect(conditionsOf('')).toEqual([]);
    expect(conditionsOf('modle:x')).toEqual([]);
  });

  it('can be removed one by one', () => {
    expect(withoutCondition(FILTER, 1)).toBe('kind:llm -env:staging');
    expect(withoutCondition('kind:llm', 0)).toBe('');
  });

  it('can be added, but not twice', () => {
    expect(withCondition('', equals('user', 'u_1'))).toBe('user:u_1');
    expect(withCondition('kind:llm', equals('user', 'u_1'))).toBe('kind:llm user:u_1');
    expect(withCondition('user:u_1', equals('user', 'u_1'))).toBe('user:u_1');
  });

  it('are added after an OR, which gets parentheses', () => {
    expect(withCondition('kind:llm OR kind:tool', equals('user', 'u_1'))).toBe(
      '(kind:llm OR kind:tool) user:u_1',
    );
  });

  it('can include a value, exclude it, or do neither', () => {
    const vip = equals('tag', 'vip');
    expect(toggleCondition('kind:llm', vip)).toBe('kind:llm tag:vip');
    expect(toggleCondition('kind:llm tag:vip', not(vip))).toBe('kind:llm -tag:vip');
    expect(toggleCondition('kind:llm -tag:vip', not(vip))).toBe('kind:llm');
    expect(stateOf('-tag:vip', vip)).toBe('excluded');
    expect(stateOf('tag:vip', vip)).toBe('included');
    expect(stateOf('kind:llm', vip)).toBeUndefined();
  });

  it.each(['u 3 "VIP"', 'a*b', '(x)', '42', 'OR', 'back\\slash', '-minus', '1..2', 'ünï', 'a:b>c'])(
    'quote the value %j so that the filter means this text',
    (value) => {
      for (const subject of ['user', { type: 'attribute', key: 'key with spaces' }] as const) {
        const parsed = parseFilter(withCondition('', equals(subject, value)));
        expect(parsed).toMatchObject({ ok: true, filter: { test: { type: 'equals', value } } });
      }
    },
  );
});
