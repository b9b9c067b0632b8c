import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const entry = new URL('../index.ts', import.meta.url).href;

/** Runs a program in a process that can collect garbage on request, and returns the spans that it prints. */
async function spansOf(program: string): Promise<unknown> {
  const code = `
    import { flush, init, InMemoryExporter, observe, shutdown } from '${entry}';
    const spans = new InMemoryExporter();
    init({ exporter: spans });
    const step = observe(async (n) => n, { name: 'step' });
    const stream = observe(async function* () { for (let n = 0; n < 3; n++) yield await step(n); }, { name: 'stream' });
    const iterable = observe(() => ({ async *[Symbol.asyncIterator]() { yield 1; yield 2; } }), { name: 'iterable' });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    // Collects until a span has ended. A test that fails ends with its time limit.
    const collect = async (count) => { while (spans.spans.length < count) { globalThis.gc(); await turn(); } };
    ${program}
    console.log(JSON.stringify(spans.spans.map(({ name, output, attributes }) =>
      [name, attributes['throughline.cancelled'] ?? false, output ?? null])));`;
  const args = ['--expose-gc', '--conditions=throughline-source', '--input-type=module', '-e', code];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout));
}

test('a generator that is never read is cancelled when it is collected', async () => {
  expect(await spansOf(`(() => { stream(); })(); await collect(1);`)).toEqual([['stream', true, null]]);
}, 60_000);

test('a generator that is left without closing it keeps what it gave', async () => {
  expect(await spansOf(`await (async () => { await stream().next(); })(); await collect(2);`)).toEqual(
    [
      ['step', false, '0'],
      ['stream', true, '[0]'],
    ].map(([name, cancelled, output]) => [name, cancelled, JSON.parse(output as string)]),
  );
}, 60_000);

test('an iterator lives on without the iterable that it came from', async () => {
  const program = `
    const iterator = (() => iterable()[Symbol.asyncIterator]())();
    await iterator.next();
    for (let n = 0; n < 5; n++) { globalThis.gc(); await turn(); }
    await iterator.next();
    await iterator.next();`;
  expect(await spansOf(program)).toEqual([['iterable', false, [1, 2]]]);
}, 60_000);

test('what is still open when tracing stops is cancelled', async () => {
  expect(await spansOf(`const kept = stream(); await shutdown();`)).toEqual([['stream', true, null]]);
}, 60_000);
