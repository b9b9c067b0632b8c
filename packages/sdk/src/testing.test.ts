import { afterEach, expect, it } from 'vitest';
import { init, observe, shutdown, tool } from './index.ts';
import { InMemoryExporter, spanMatchers, toHaveSpan } from './testing.ts';

afterEach(async () => {
  await shutdown();
});

it('toHaveSpan matches name, kind, parent, attributes and content, and lists the recorded spans on failure', () => {
  const spans = new InMemoryExporter();
  init({ exporter: spans });
  const add = tool((a: number, b: number) => ({ sum: a + b }), { name: 'add' });
  observe(() => add(1, 2), { name: 'run', kind: 'agent' })();
  expect.extend(spanMatchers as never);
  const matching = expect(spans) as unknown as {
    toHaveSpan(pattern: object): void;
    not: { toHaveSpan(pattern: object): void };
  };
  matching.toHaveSpan({ kind: 'tool', name: /^a/, parent: 'run', input: [1, 2], output: { sum: 3 } });
  matching.toHaveSpan({ name: 'run', parent: null, attributes: { 'gen_ai.agent.name': 'run' } });
  matching.not.toHaveSpan({ name: 'add', parent: null });
  matching.not.toHaveSpan({ name: 'add', output: { sum: 4 } });
  const { pass, message } = toHaveSpan(spans, { name: 'missing' });
  expect(pass).toBe(false);
  expect(message()).toMatch(/expected a span like \{"name":"missing"\}, found:\n {2}add \(tool, unset\)/);
});

it('the exporter keeps at most maxSpans spans', () => {
  const spans = new InMemoryExporter({ maxSpans: 2 });
  init({ exporter: spans });
  const step = observe((n: number) => n, { name: 'step' });
  for (const n of [1, 2, 3]) step(n);
  expect(spans.spans.map(({ input }) => input)).toEqual([2, 3]);
});
