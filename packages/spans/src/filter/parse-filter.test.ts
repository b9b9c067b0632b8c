import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILTER_FIELDS, type FilterField, type LabelField, type NumberField } from '../catalogue/fields.ts';
import type { Expression, LabelTest, NumberTest } from './expression.ts';
import { parseFilter } from './parse-filter.ts';
import { printFilter } from './print-filter.ts';

const label = (field: LabelField, test: LabelTest): Expression => ({
  type: 'label',
  subject: { type: 'field', field },
  test,
});
const is = (field: LabelField, value: string) => label(field, { type: 'equals', value });
const like = (field: LabelField, ...pieces: string[]) => label(field, { type: 'like', pieces });
const number = (field: NumberField, test: NumberTest): Expression => ({
  type: 'number',
  subject: { type: 'field', field },
  test,
});
const compare = (field: NumberField, comparison: '>' | '>=' | '<' | '<=' | '=', value: number) =>
  number(field, { type: 'compare', comparison, value });
const text = (match: 'word' | 'prefix' | 'phrase', value: string): Expression => ({
  type: 'text',
  match,
  text: value,
});
const attribute = (key: string) => ({ type: 'attribute' as const, key });

describe('parseFilter accepts', () => {
  it.each<[string, Expression | undefined]>([
    ['', undefined],
    ['  kind:llm  ', is('kind', 'llm')],
    ['KIND:llm', is('kind', 'llm')],
    ['model:gpt-4o*', like('model', 'gpt-4o', '')],
    ['model:*mini', like('model', '', 'mini')],
    ['model:gpt*mini', like('model', 'gpt', 'mini')],
    ['model:**a**', like('model', '', 'a', '')],
    ['name:"POST /chat"', is('name', 'POST /chat')],
    ['name:"a*"', is('name', 'a*')],
    ['name:"a b"*', like('name', 'a b', '')],
    ['user:*', label('user', { type: 'exists' })],
    ['user=u_1', is('user', 'u_1')],
    ['user:a:b>c', is('user', 'a:b>c')],
    ['-env:staging', { type: 'not', operand: is('env', 'staging') }],
    ['NOT env:staging', { type: 'not', operand: is('env', 'staging') }],
    ['--tag:a', { type: 'not', operand: { type: 'not', operand: is('tag', 'a') } }],
    [
      'kind:llm AND tag:a tag:b',
      { type: 'and', operands: [is('kind', 'llm'), is('tag', 'a'), is('tag', 'b')] },
    ],
    [
      'kind:llm tag:a OR tag:b',
      {
        type: 'or',
        operands: [{ type: 'and', operands: [is('kind', 'llm'), is('tag', 'a')] }, is('tag', 'b')],
      },
    ],
    [
      'kind:llm (tag:a OR tag:b)',
      {
        type: 'and',
        operands: [is('kind', 'llm'), { type: 'or', operands: [is('tag', 'a'), is('tag', 'b')] }],
      },
    ],
    [
      'feature:(search OR chat*)',
      { type: 'or', operands: [is('feature', 'search'), like('feature', 'chat', '')] },
    ],
    ['cost>0.02', compare('cost', '>', 0.02)],
    ['cost>$0.02', compare('cost', '>', 0.02)],
    ['cost>=2c', compare('cost', '>=', 0.02)],
    ['cost:>2c', compare('cost', '>', 0.02)],
    ['cost:0', compare('cost', '=', 0)],
    ['cost=0', compare('cost', '=', 0)],
    ['cost:*', number('cost', { type: 'exists' })],
    ['cost:0.01..0.05', number('cost', { type: 'between', low: 0.01, high: 0.05 })],
    ['latency>2s', compare('latency', '>', 2000)],
    ['latency>1.5m', compare('latency', '>', 90_000)],
    ['latency:500ms..2s', number('latency', { type: 'between', low: 500, high: 2000 })],
    ['durationMs<=5000', compare('latency', '<=', 5000)],
    ['durationMs<=5s', compare('latency', '<=', 5000)],
    ['ttft>800us', compare('ttft', '>', 0.8)],
    ['tokens>=10k', compare('tokens', '>=', 10_000)],
    ['tokens>1.5M', compare('tokens', '>', 1_500_000)],
    ['errors>0', compare('errors', '>', 0)],
    [
      'attr.customer.tier:gold',
      { type: 'label', subject: attribute('customer.tier'), test: { type: 'equals', value: 'gold' } },
    ],
    ['attr.n:5', { type: 'label', subject: attribute('n'), test: { type: 'equals', value: '5' } }],
    [
      'attr.n=5',
      { type: 'number', subject: attribute('n'), test: { type: 'compare', comparison: '=', value: 5 } },
    ],
    [
      'attr.n>5',
      { type: 'number', subject: attribute('n'), test: { type: 'compare', comparison: '>', value: 5 } },
    ],
    ['attr.n:1..5', { type: 'number', subject: attribute('n'), test: { type: 'between', low: 1, high: 5 } }],
    ['attr."a b:c":x', { type: 'label', subject: attribute('a b:c'), test: { type: 'equals', value: 'x' } }],
    [
      'resource.k8s.pod.name:web-*',
      {
        type: 'label',
        subject: { type: 'resource', key: 'k8s.pod.name' },
        test: { type: 'like', pieces: ['web-', ''] },
      },
    ],
    [
      'score.faithfulness<0.5',
      {
        type: 'number',
        subject: { type: 'score', name: 'faithfulness' },
        test: { type: 'compare', comparison: '<', value: 0.5 },
      },
    ],
    [
      'score.verdict:pass',
      { type: 'label', subject: { type: 'score', name: 'verdict' }, test: { type: 'equals', value: 'pass' } },
    ],
    [
      'has(kind:tool status:error name:lookup*)',
      {
        type: 'has',
        where: {
          type: 'and',
          operands: [is('kind', 'tool'), is('status', 'error'), like('name', 'lookup', '')],
        },
      },
    ],
    ['root(name:chat)', { type: 'root', where: is('name', 'chat') }],
    [
      'has(kind:tool under(agent:a))',
      {
        type: 'has',
        where: { type: 'and', operands: [is('kind', 'tool'), { type: 'under', where: is('agent', 'a') }] },
      },
    ],
    ['count(kind:tool)>5', { type: 'count', where: is('kind', 'tool'), comparison: '>', value: 5 }],
    ['count(kind:tool):5', { type: 'count', where: is('kind', 'tool'), comparison: '=', value: 5 }],
    ['refund', text('word', 'refund')],
    ['refund*', text('prefix', 'refund')],
    ['"late \\"delivery\\""', text('phrase', 'late "delivery"')],
    ['-"late"', { type: 'not', operand: text('phrase', 'late') }],
    ['- 5', { type: 'and', operands: [text('word', '-'), text('word', '5')] }],
  ])('%j', (written, filter) => {
    expect(parseFilter(written)).toEqual({ ok: true, filter });
  });
});

describe('parseFilter reports the position of an error', () => {
  it.each<[string, number, number, RegExp, string?]>([
    ['colour:red', 0, 6, /no field "colour".*Known fields are kind, name/],
    ['kind:llm  modle:gpt', 10, 5, /no field "modle". Did you mean model\?/, 'model'],
    ['constructor:x', 0, 11, /no field "constructor"/],
    ['customer.tier:gold', 0, 13, /no field "customer.tier"/, 'attr.customer.tier'],
    ['cost>', 5, 0, /A number is expected/],
    ['cost>5ms', 5, 3, /A number is expected/],
    ['cost>1e9', 5, 3, /A number is expected/],
    ['cost:5..1', 5, 4, /larger end first/, '1..5'],
    ['latency>2', 8, 1, /duration with its unit/],
    ['kind>llm', 4, 1, /kind is text and has no size: kind:llm/, ':'],
    ['kind:', 5, 0, /A value is expected/],
    ['name:"open', 5, 5, /never closed/, '"open"'],
    ['(kind:llm', 0, 1, /never closed/],
    ['kind:llm)', 8, 1, /never opened/, ''],
    ['has()', 3, 2, /no condition between/],
    ['hsa(kind:llm)', 0, 3, /no function "hsa". Did you mean has/, 'has'],
    ['has(errors>0)', 4, 6, /Only a trace has errors/],
    ['count(kind:tool)', 16, 0, /Compare the count with a number/],
    ['kind:llm OR', 11, 0, /A condition is expected/],
    ['OR kind:llm', 0, 0, /A condition is expected/],
    ['feature:(a b)', 11, 0, /Put OR between/, 'OR '],
    ['feature:(a', 8, 1, /never closed/],
    ['re*fund', 0, 7, /Only the end of a word/],
    ['""', 0, 2, /empty/],
    ['x '.repeat(51), 100, 0, /at most 50 conditions/],
    ['('.repeat(11), 11, 0, /at most 10 levels/],
    ['-'.repeat(1000), 11, 0, /at most 10 levels/],
    ['x'.repeat(2001), 2000, 1, /at most 2000/],
  ])('%j', (written, position, length, message, suggestion?: string) => {
    expect(parseFilter(written)).toEqual({
      ok: false,
      problem: {
        position,
        length,
        message: expect.stringMatching(message),
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    });
  });

  it('rejects fields of traces if spans are selected', () => {
    expect(parseFilter('errors>0', { of: 'span' })).toMatchObject({ ok: false, problem: { position: 0 } });
    expect(parseFilter('cost>0', { of: 'span' }).ok).toBe(true);
  });
});

const fieldsOf = (type: 'label' | 'number') =>
  (Object.keys(FILTER_FIELDS) as FilterField[]).filter((field) => FILTER_FIELDS[field].type === type);
const onlySpans = (fieldsOf('number') as NumberField[]).filter(
  (field) => FILTER_FIELDS[field].of !== 'trace',
);

const grapheme = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((n) => n / 1000);
const open = fc.oneof(
  fc.record({ type: fc.constantFrom('attribute' as const, 'resource' as const), key: grapheme }),
  fc.record({ type: fc.constant('score' as const), name: grapheme }),
);
const labelTest: fc.Arbitrary<LabelTest> = fc.oneof(
  fc.record({ type: fc.constant('equals' as const), value: grapheme }),
  fc.constant({ type: 'exists' as const }),
  fc
    .tuple(
      fc.option(grapheme, { nil: '' }),
      fc.array(grapheme, { maxLength: 2 }),
      fc.option(grapheme, { nil: '' }),
    )
    .filter(([first, middle, last]) => first !== '' || last !== '' || middle.length > 0)
    .map(([first, middle, last]) => ({ type: 'like' as const, pieces: [first, ...middle, last] })),
);
const numberTest: fc.Arbitrary<NumberTest> = fc.oneof(
  fc.record({
    type: fc.constant('compare' as const),
    comparison: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const, '=' as const),
    value: amount,
  }),
  fc
    .tuple(amount, amount)
    .map(([a, b]) => ({ type: 'between' as const, low: Math.min(a, b), high: Math.max(a, b) })),
);
const condition: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({
    type: fc.constant('label' as const),
    subject: fc.oneof(
      fc.record({
        type: fc.constant('field' as const),
        field: fc.constantFrom(...(fieldsOf('label') as LabelField[])),
      }),
      open,
    ),
    test: labelTest,
  }),
  fc.record({
    type: fc.constant('number' as const),
    subject: fc.oneof(
      fc.record({ type: fc.constant('field' as const), field: fc.constantFrom(...onlySpans) }),
      open,
    ),
    test: numberTest,
  }),
  fc.record({
    type: fc.constant('text' as const),
    match: fc.constantFrom('word' as const, 'prefix' as const),
    text: fc.stringMatching(/^[a-z\u0430-\u044f]{1,8}$/),
  }),
  fc.record({ type: fc.constant('text' as const), match: fc.constant('phrase' as const), text: grapheme }),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
      )
      .map(([type, operands]) => ({
        type,
        operands: operands.flatMap((each) => (each.type === type ? each.operands : [each])),
      })),
    tie('expression').map((operand) => ({ type: 'not' as const, operand })),
    fc
      .tuple(
        fc.constantFrom('has' as const, 'root' as const, 'parent' as const, 'under' as const),
        tie('expression'),
      )
      .map(([type, where]) => ({ type, where })),
    fc
      .tuple(fc.constantFrom('>' as const, '=' as const), fc.nat(1000), tie('expression'))
      .map(([comparison, value, where]) => ({ type: 'count' as const, where, comparison, value })),
  ),
}));

describe('printFilter', () => {
  it('prints text that is parsed to the same filter', () => {
    fc.assert(
      fc.property(expression, (filter) => {
        const printed = printFilter(filter);
        fc.pre(printed.length <= 2000);
        const parsed = parseFilter(printed);
        if (!parsed.ok) fc.pre(!/at most/.test(parsed.problem.message));
        expect(parsed, printed).toEqual({ ok: true, filter });
      }),
      { numRuns: 1000 },
    );
  });

  it('returns a filter or a position inside the text, for any text', () => {
    const piece = fc.constantFrom(
      'kind:',
      '(',
      ')',
      '"',
      '*',
      'OR ',
      '-',
      'has(',
      'count(',
      ')>',
      '1..',
      ' ',
      'attr.',
      '\\',
      '5s',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const parsed = parseFilter(text);
        if (parsed.ok) expect(parseFilter(printFilter(parsed.filter))).toEqual(parsed);
        else expect(parsed.problem.position + parsed.problem.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});
