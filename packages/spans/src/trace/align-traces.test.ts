import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffRow, diffTraces } from './diff-traces.ts';
import type { DiffableSpan } from './diffable-span.ts';

/** A span of a generated trace. `id` and `parent` are the same in both traces unless an edit changes the parent. */
interface Step {
  readonly id: number;
  readonly parent: number | null;
  readonly name: string;
  readonly kind: DiffableSpan['kind'];
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly start: number;
}

function spansOf(steps: readonly Step[], prefix: string): DiffableSpan[] {
  return steps.map(({ id, parent, name, kind, input, output, start }) => ({
    spanId: `${prefix}${id}`,
    parentSpanId: parent === null ? null : `${prefix}${parent}`,
    startTime: `2026-11-20T10:00:00.${String(start).padStart(9, '0')}Z`,
    name,
    kind,
    durationMs: 10,
    status: 'unset',
    statusMessage: null,
    errorType: null,
    model: null,
    inputTokens: 10 + start,
    outputTokens: null,
    costUsd: null,
    counted: false,
    ttftMs: null,
    documentCount: null,
    inputDocumentCount: null,
    inputFingerprint: input,
    outputFingerprint: output,
  }));
}

type Row = DiffRow<DiffableSpan>;

/** The steps, whose ids are numbers, without the order of rows. */
const described = (rows: readonly Row[]) =>
  rows
    .map(({ a, b, change, differences }) =>
      [a?.spanId ?? '-', b?.spanId ?? '-', change, ...differences].join(' '),
    )
    .sort();

const KINDS = ['span', 'chain', 'agent', 'llm', 'tool', 'retriever'] as const;
/** Kind of the steps that edits add. */
const ADDED_KIND = 'guardrail';

const shape = fc.array(
  fc.record({
    parent: fc.nat(1000),
    kind: fc.constantFrom(...KINDS),
    start: fc.nat(500),
    hasInput: fc.boolean(),
    name: fc.nat(2),
  }),
  { minLength: 1, maxLength: 40 },
);
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const edits = fc.array(
  fc.record({
    edit: fc.constantFrom('add', 'remove', 'remove-subtree', 'move', 'rename', 'change', 'reorder'),
    at: fc.nat(1000),
    to: fc.nat(1000),
  }),
  { maxLength: 12 },
);
type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never;

/** A trace in which every step can be recognised: by its name, or by its input if names repeat. */
function traceOf(nodes: Shape, recognisedBy: 'name' | 'input'): Step[] {
  return nodes.map(({ parent, kind, start, hasInput, name }, id) => ({
    id,
    parent: id === 0 ? null : parent % id,
    kind,
    start,
    name: recognisedBy === 'name' ? `step ${id}` : `step ${name}`,
    input: hasInput || recognisedBy === 'input' ? `input ${id}` : undefined,
  }));
}

/** Applies edits, at most one to each step. The root stays. */
function edited(before: readonly Step[], list: Edits): Step[] {
  let steps = [...before];
  const touched = new Set([0]);
  const isBelow = (id: number | null, top: number): boolean => {
    for (let at = id; at !== null; at = steps.find((step) => step.id === at)?.parent ?? null)
      if (at === top) return true;
    return false;
  };
  for (const [index, { edit, at, to }] of list.entries()) {
    const target = steps[to % steps.length] as Step;
    if (edit === 'add') {
      const id = 1000 + index;
      steps.push({ id, parent: target.id, name: `new ${id}`, kind: ADDED_KIND, start: at });
      touched.add(id);
      continue;
    }
    const step = steps[at % steps.length] as Step;
    if (touched.has(step.id)) continue;
    const replace = (fields: Partial<Step>) => {
      touched.add(step.id);
      steps = steps.map((each) => (each.id === step.id ? { ...each, ...fields } : each));
    };
    if (edit === 'remove')
      steps = steps
        .filter(({ id }) => id !== step.id)
        .map((each) => (each.parent === step.id ? { ...each, parent: step.parent } : each));
    else if (edit === 'remove-subtree') steps = steps.filter(({ id }) => !isBelow(id, step.id));
    else if (edit === 'move' && !isBelow(target.id, step.id)) replace({ parent: target.id });
    else if (edit === 'rename' && step.input && step.name === `step ${step.id}`)
      replace({ name: `renamed ${step.id}` });
    else if (edit === 'change') replace({ output: 'another output' });
    else if (edit === 'reorder') replace({ start: to });
  }
  return steps;
}

/** The rows that a comparison must contain, from the ids of the steps. */
function truth(before: readonly Step[], after: readonly Step[]): string[] {
  return truthWith(before, after, ['output']);
}

function truthWith(
  before: readonly Step[],
  after: readonly Step[],
  contents: readonly ('input' | 'output')[],
): string[] {
  const inAfter = new Map(after.map((step) => [step.id, step]));
  const inBefore = new Set(before.map(({ id }) => id));
  const both = before.map((a) => {
    const b = inAfter.get(a.id);
    if (!b) return `a${a.id} - removed`;
    const differences = (['parent', 'name', ...contents] as const).filter((field) => a[field] !== b[field]);
    const change = differences.includes('parent') ? 'moved' : differences.length > 0 ? 'changed' : 'same';
    return [`a${a.id}`, `b${b.id}`, change, ...differences].join(' ');
  });
  const added = after.filter(({ id }) => !inBefore.has(id)).map(({ id }) => `- b${id} added`);
  return [...both, ...added].sort();
}

describe('the comparison of a trace with an edited copy', () => {
  for (const recognisedBy of ['name', 'input'] as const)
    it(`finds exactly the edits if steps have their own ${recognisedBy}`, () => {
      fc.assert(
        fc.property(shape, edits, (nodes, list) => {
          const before = traceOf(nodes, recognisedBy);
          const after = edited(before, list);
          const rows = diffTraces(spansOf(before, 'a'), spansOf(after, 'b'));
          expect(described(rows)).toEqual(truth(before, after));
        }),
        { numRuns: 300 },
      );
    });
});

describe('the comparison of any two traces', () => {
  /** Few names and inputs, so that many steps can be confused. Parents may be missing or form cycles. */
  const steps = fc
    .array(
      fc.record({
        parent: fc.option(fc.nat(25)),
        name: fc.constantFrom('plan', 'call'),
        kind: fc.constantFrom('llm', 'tool', 'span'),
        input: fc.constantFrom('x', 'y', undefined),
        output: fc.constantFrom('x', undefined),
        start: fc.nat(30),
      }),
      { maxLength: 25 },
    )
    .map((list): Step[] => list.map((step, id) => ({ ...step, id })));

  it('is mirrored if the traces are exchanged', () => {
    const opposite = { same: 'same', changed: 'changed', moved: 'moved', added: 'removed', removed: 'added' };
    const negated = (value: number | null) => (value === null ? null : 0 - value);
    const mirrored = ({ a, b, change, differences, delta }: Row) => ({
      a: b?.spanId,
      b: a?.spanId,
      change: opposite[change],
      differences,
      durationMs: negated(delta.durationMs),
      selfMs: negated(delta.selfMs),
      tokens: negated(delta.tokens),
    });
    const plain = ({ a, b, change, differences, delta }: Row) => ({
      a: a?.spanId,
      b: b?.spanId,
      change,
      differences,
      durationMs: delta.durationMs,
      selfMs: delta.selfMs,
      tokens: delta.tokens,
    });
    const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    fc.assert(
      fc.property(steps, steps, (left, right) => {
        const [a, b] = [spansOf(left, 'a'), spansOf(right, 'b')];
        expect(sorted(diffTraces(a, b).map(plain))).toEqual(sorted(diffTraces(b, a).map(mirrored)));
      }),
      { numRuns: 500 },
    );
  });

  it('contains every step of both traces once, below its parent in the second trace', () => {
    fc.assert(
      fc.property(steps, steps, (left, right) => {
        const rows = diffTraces(spansOf(left, 'a'), spansOf(right, 'b'));
        const ids = (side: 'a' | 'b') => rows.flatMap((row) => row[side]?.spanId ?? []).sort();
        expect(ids('a')).toEqual(left.map(({ id }) => `a${id}`).sort());
        expect(ids('b')).toEqual(right.map(({ id }) => `b${id}`).sort());
        expect(rows.every(({ depth }, i) => depth <= (rows[i - 1]?.depth ?? -1) + 1)).toBe(true);
      }),
    );
  });

  it('finds no difference between a trace and itself', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const rows = diffTraces(spansOf(list, 'a'), spansOf(list, 'a'));
        expect(rows.every(({ a, b, change }) => change === 'same' && a?.spanId === b?.spanId)).toBe(true);
      }),
    );
  });
});

describe('the comparison of two runs', () => {
  const step = (id: number, parent: number | null, name: string, fields: Partial<Step> = {}): Step => ({
    id,
    parent,
    name,
    kind: 'span',
    start: id,
    ...fields,
  });
  const call = (id: number, parent: number, fields: Partial<Step> = {}) =>
    step(id, parent, 'chat', { kind: 'llm', ...fields });
  const compared = (before: readonly Step[], after: readonly Step[]) =>
    described(diffTraces(spansOf(before, 'a'), spansOf(after, 'b')));

  it('finds the iteration of a loop that is missing, although all have the same name', () => {
    const before = [
      step(0, null, 'agent'),
      ...[1, 2, 3].flatMap((i) => [
        step(10 * i, 0, 'iteration'),
        call(10 * i + 1, 10 * i, { input: `history ${i}` }),
        step(10 * i + 2, 10 * i, 'lookup', { kind: 'tool', input: `item ${i}` }),
      ]),
    ];
    // The histories of the later iterations are shorter too.
    const after = before
      .filter(({ id }) => id === 0 || id >= 20)
      .map((each) => (each.name === 'chat' ? { ...each, input: `shorter ${each.input}` } : each));
    expect(compared(before, after)).toEqual(truthWith(before, after, ['input']));
  });

  it('finds a step around the whole second run', () => {
    const run = [step(1, null, 'agent'), call(2, 1), call(3, 1)];
    const around = [
      step(0, null, 'GET /chat'),
      ...run.map((each) => ({ ...each, parent: each.parent ?? 0 })),
    ];
    expect(compared(run, around)).toEqual(truth(run, around));
    expect(compared(around, run)).toEqual(truth(around, run));
  });

  it('says only that a step is missing if the spans below it lost their parent', () => {
    const before = [step(0, null, 'agent'), step(1, 0, 'plan'), call(2, 1)];
    const after = before.filter(({ id }) => id !== 1);
    expect(compared(before, after)).toEqual(['a0 b0 same', 'a1 - removed', 'a2 b2 same']);
  });
});
