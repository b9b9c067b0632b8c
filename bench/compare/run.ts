/**
 * Measures how long it takes to align two traces of 5,000 spans, for shapes that could make the alignment slow.
 *
 *     npm run bench -- compare
 */
import { countChanges, type DiffableSpan, diffTraces } from '@throughline/spans';

const SIZE = 5000;
const RUNS = 7;

interface Step {
  readonly parent: number | null;
  readonly name: string;
  readonly kind?: DiffableSpan['kind'];
  readonly input?: string;
}

const steps = (count: number, stepOf: (index: number) => Step): readonly Step[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? { parent: null, name: 'run' } : stepOf(index)));
/** One child in each iteration is a model call, the others are tools. */
const agent = (index: number): Step => {
  const iteration = Math.floor((index - 1) / 10) * 10 + 1;
  if (index === iteration) return { parent: 0, name: 'iteration', kind: 'agent' };
  if (index === iteration + 1)
    return { parent: iteration, name: 'chat', kind: 'llm', input: `turn ${index}` };
  return { parent: iteration, name: `tool ${index % 7}`, kind: 'tool', input: `arguments ${index % 500}` };
};
const wide = (index: number): Step => ({ parent: 0, name: 'call', kind: 'llm', input: `${index}` });
const deep = (index: number): Step => ({ parent: index <= 2000 ? index - 1 : index - 2000, name: 'step' });

const CASES: Readonly<Record<string, readonly [a: readonly Step[], b: readonly Step[]]>> = {
  'agent, the same twice': [steps(SIZE, agent), steps(SIZE, agent)],
  'agent, other inputs everywhere': [
    steps(SIZE, agent),
    steps(SIZE, (index) => ({ ...agent(index), input: `other ${index}` })),
  ],
  'agent, one iteration less and every third call changed': [
    steps(SIZE, agent),
    steps(SIZE - 10, (index) => ({
      ...agent(index),
      ...(index % 3 === 0 && index % 10 > 1 && { input: `other ${index}` }),
    })),
  ],
  'one name, 5,000 siblings with the same input': [
    steps(SIZE, () => ({ parent: 0, name: 'call', kind: 'llm' })),
    steps(SIZE, () => ({ parent: 0, name: 'call', kind: 'llm' })),
  ],
  'one name, 5,000 siblings in reverse order': [
    steps(SIZE, wide),
    steps(SIZE, (index) => wide(SIZE - index)),
  ],
  'one name, every second sibling missing': [steps(SIZE, wide), steps(SIZE / 2, (index) => wide(2 * index))],
  'nothing in common, 5,000 siblings': [
    steps(SIZE, (index) => ({ parent: 0, name: `a ${index}` })),
    steps(SIZE, (index) => ({ parent: 0, name: `b ${index}` })),
  ],
  'depth 2,000': [steps(SIZE, deep), steps(SIZE, deep)],
  'depth 2,000, all renamed': [
    steps(SIZE, deep),
    steps(SIZE, (index) => ({ ...deep(index), name: `other ${index}` })),
  ],
  'agent, all steps renamed': [
    steps(SIZE, agent),
    steps(SIZE, (index) => ({ ...agent(index), name: `other ${index}` })),
  ],
};

function spansOf(list: readonly Step[], prefix: string): DiffableSpan[] {
  return list.map(({ parent, name, kind, input }, index) => ({
    spanId: `${prefix}${index}`,
    parentSpanId: parent === null ? null : `${prefix}${parent}`,
    startTime: `2026-11-20T10:00:00.${String(index).padStart(9, '0')}Z`,
    name,
    kind: kind ?? 'span',
    durationMs: 10,
    status: 'unset',
    statusMessage: null,
    errorType: null,
    model: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    counted: false,
    ttftMs: null,
    documentCount: null,
    inputDocumentCount: null,
    inputFingerprint: input ?? null,
  }));
}

const rows = Object.entries(CASES).map(([name, [a, b]]) => {
  const [spansA, spansB] = [spansOf(a, 'a'), spansOf(b, 'b')];
  const times = Array.from({ length: RUNS }, () => {
    const from = performance.now();
    diffTraces(spansA, spansB);
    return performance.now() - from;
  }).sort((x, y) => x - y);
  const ms = (time: number | undefined) => Math.round(time ?? 0);
  return {
    case: name,
    'median ms': ms(times[Math.floor(RUNS / 2)]),
    'worst ms': ms(times.at(-1)),
    ...countChanges(diffTraces(spansA, spansB)),
  };
});
console.table(rows);
