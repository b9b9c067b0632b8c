import { describe, expect, it } from 'vitest';
import { type RecordedCall, repeatedCalls } from './repeated-calls.ts';

interface Given extends Partial<RecordedCall> {
  readonly id: string;
  readonly parent?: string;
  /** Start and end in milliseconds. Default: 0 to 1000. */
  readonly at?: readonly [start: number, end: number];
  /** Default: 580 and 40. */
  readonly tokens?: readonly [input: number, output: number] | 'none';
}

/** Returns the repetitions as `repetition=counted call`, in order. The steps are spans without usage, such as chains. */
function repeated(calls: readonly Given[], steps: Readonly<Record<string, string>> = {}): string[] {
  const parents = new Map(Object.entries(steps));
  for (const { id, parent } of calls) if (parent) parents.set(id, parent);
  const recorded = calls.map(
    ({ id, at = [0, 1000], tokens = [580, 40], parent: _, ...rest }): RecordedCall => ({
      spanId: id,
      kind: 'llm',
      scope: 'framework',
      model: 'gpt-4o',
      startMs: at[0],
      endMs: at[1],
      ...(tokens === 'none' ? {} : { inputTokens: tokens[0], outputTokens: tokens[1] }),
      ...rest,
    }),
  );
  const results = [recorded, recorded.toReversed()].map((order) =>
    [...repeatedCalls(order, parents)].map(([from, to]) => `${from}=${to}`).sort(),
  );
  expect(results[1]).toEqual(results[0]);
  return results[0] as string[];
}

const outer: Given = { id: 'outer' };
const inner: Given = { id: 'inner', parent: 'outer', scope: 'sdk', at: [10, 990] };
const first: Given = { id: 'first', parent: 'root' };
const second: Given = { id: 'second', parent: 'root', scope: 'sdk', at: [2, 992] };

describe('one call recorded twice', () => {
  it('counts the outer of two calls with the same model and usage', () => {
    expect(repeated([outer, inner])).toEqual(['inner=outer']);
  });

  it('recognises an alias with its dated version, and a name with the prefix of a provider', () => {
    expect(repeated([outer, { ...inner, model: 'gpt-4o-2024-08-06' }])).toEqual(['inner=outer']);
    expect(repeated([{ ...outer, model: 'openai/gpt-4o' }, inner])).toEqual(['inner=outer']);
  });

  it('recognises it at any distance in the tree', () => {
    const steps = { chain: 'outer', http: 'chain' };
    expect(repeated([outer, { ...inner, parent: 'http' }], steps)).toEqual(['inner=outer']);
  });

  it('recognises siblings, if one ran during the other with equal usage', () => {
    expect(repeated([first, second])).toEqual(['second=first']);
  });

  it('recognises it anywhere by the response id, even if only one span has the usage', () => {
    const a: Given = { ...first, parent: 'left', responseId: 'msg_1', tokens: 'none' };
    const b: Given = { ...second, parent: 'right', responseId: 'msg_1' };
    expect(repeated([a, b])).toEqual(['first=second']);
  });

  it('accepts usage that differs by one percent, if the times nearly agree', () => {
    expect(repeated([outer, { ...inner, tokens: [582, 40] }])).toEqual(['inner=outer']);
    expect(repeated([outer, { ...inner, tokens: [582, 40], at: [10, 300] }])).toEqual([]);
    expect(repeated([first, { ...second, tokens: [582, 40] }])).toEqual([]);
  });

  it('counts the more precise description: a reported cost, then token classes, then a known price', () => {
    expect(repeated([outer, { ...inner, cost: 'computed' }])).toEqual(['outer=inner']);
    expect(
      repeated([
        { ...outer, cost: 'computed' },
        { ...inner, cost: 'computed' },
      ]),
    ).toEqual(['inner=outer']);
    const detailed: Given = { ...inner, cost: 'computed', hasTokenClasses: true };
    expect(repeated([{ ...outer, cost: 'computed' }, detailed])).toEqual(['outer=inner']);
    expect(repeated([{ ...outer, cost: 'reported' }, detailed])).toEqual(['inner=outer']);
  });

  it('counts a call of three instrumentations once', () => {
    const middle: Given = { ...inner, id: 'middle', scope: 'gateway' };
    expect(repeated([outer, middle, { ...inner, parent: 'middle' }])).toEqual([
      'inner=outer',
      'middle=outer',
    ]);
  });

  it('accepts an id that a gateway made up, if the usage below is exactly the same', () => {
    expect(
      repeated([
        { ...outer, responseId: 'gw-1' },
        { ...inner, responseId: 'msg_1' },
      ]),
    ).toEqual(['inner=outer']);
  });

  it('pairs each of several parallel equal calls with its own call below', () => {
    const calls = [1, 2, 3].flatMap((n): Given[] => [
      { id: `outer${n}`, parent: 'root', at: [n, 1000 + n] },
      { id: `inner${n}`, parent: `outer${n}`, scope: 'sdk', at: [n + 5, 995 + n] },
    ]);
    expect(repeated(calls)).toEqual(['inner1=outer1', 'inner2=outer2', 'inner3=outer3']);
  });

  it('pairs each of several parallel equal embeddings with one sibling', () => {
    const calls = [1, 2, 3].flatMap((n): Given[] => [
      { ...first, id: `a${n}`, kind: 'embedding', at: [n * 5, 1000 + n] },
      { ...second, id: `b${n}`, kind: 'embedding', at: [n * 5 + 1, 999 + n] },
    ]);
    expect(repeated(calls).map((pair) => pair.slice(0, 1))).toEqual(['b', 'b', 'b']);
  });
});

describe('two calls', () => {
  it.each([
    ['the usage differs', { tokens: [300, 40] }],
    ['one has no usage', { tokens: 'none' }],
    ['the model differs', { model: 'gpt-4o-mini' }],
    ['the model of one is unknown', { model: undefined }],
    ['the kind differs', { kind: 'reranker' }],
    ['the same instrumentation recorded both', { scope: 'framework' }],
    ['the instrumentation of one is unknown', { scope: undefined }],
    ['one is still running', { endMs: undefined }],
    ['one began after the other ended', { at: [1500, 2500] }],
  ] as const)('both count if %s', (_reason, change) => {
    expect(repeated([outer, { ...inner, ...change }])).toEqual([]);
    expect(repeated([first, { ...second, ...change }])).toEqual([]);
  });

  it('both count if their response ids of one format differ', () => {
    const ids = (a: Given, b: Given) => [
      { ...a, responseId: 'chatcmpl-1' },
      { ...b, responseId: 'chatcmpl-2' },
    ];
    expect(repeated(ids(outer, inner))).toEqual([]);
    expect(repeated(ids(first, second))).toEqual([]);
  });

  it('both count if siblings only overlap, or one is a short part of the other', () => {
    expect(repeated([first, { ...second, at: [500, 1500] }])).toEqual([]);
    expect(repeated([first, { ...second, at: [100, 300] }])).toEqual([]);
  });

  it('both count if a tool of one call makes the other with the same usage', () => {
    const call: Given = { ...inner, parent: 'tool', at: [500, 800] };
    expect(repeated([outer, call], { tool: 'outer' })).toEqual([]);
  });

  it('both count if they lie in different branches, even with equal usage', () => {
    expect(
      repeated([
        { ...first, parent: 'left' },
        { ...second, parent: 'right' },
      ]),
    ).toEqual([]);
  });

  it('a retry with equal usage below one outer call counts', () => {
    const attempts: Given[] = [
      { ...inner, id: 'attempt1', at: [10, 500] },
      { ...inner, id: 'attempt2', at: [505, 990] },
    ];
    expect(repeated([outer, ...attempts])).toEqual(['attempt1=outer']);
  });

  it('a cached answer with the id of an earlier response counts', () => {
    const cached: Given = { ...second, responseId: 'msg_1', at: [2000, 2001] };
    expect(repeated([{ ...first, responseId: 'msg_1' }, cached])).toEqual([]);
  });

  it('spans that are their own ancestors are compared without end', () => {
    expect(repeated([{ ...outer, parent: 'inner' }, inner])).toEqual(['inner=outer']);
  });
});
