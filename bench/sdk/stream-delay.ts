import { setImmediate as nextTurn } from 'node:timers/promises';
import { init, observe, shutdown } from '@throughline/sdk';
import { startSink } from './sink-server.ts';

/*
 * Measures the additional delay of a chunk if a stream is observed: the time from when the source yields a chunk until the
 * consumer gets it, alternately with and without the SDK. Each chunk has its own turn of the event loop. 20 streams of 40
 * chunks run in parallel, with delivery running.
 *
 *     node --conditions=throughline-source bench/sdk/stream-delay.ts
 */

const ROUNDS = 30;
const STREAMS = 20;
const CHUNKS = 40;

interface Chunk {
  readonly givenAt: bigint;
  readonly text: string;
}

async function* answer(): AsyncGenerator<Chunk> {
  for (let i = 0; i < CHUNKS; i++) {
    await nextTurn();
    yield { givenAt: process.hrtime.bigint(), text: 'a few words ' };
  }
}
const observed = observe(answer, { name: 'chat', kind: 'llm' });

function webAnswer(): ReadableStream<Chunk> {
  let left = CHUNKS;
  return new ReadableStream({
    async pull(controller) {
      await nextTurn();
      if (left-- === 0) controller.close();
      else controller.enqueue({ givenAt: process.hrtime.bigint(), text: 'a few words ' });
    },
  });
}
const observedWeb = observe(webAnswer, { name: 'chat', kind: 'llm' });

async function consume(stream: AsyncIterable<Chunk>, delays: number[]): Promise<void> {
  for await (const { givenAt } of stream) delays.push(Number(process.hrtime.bigint() - givenAt) / 1_000);
}

const sink = await startSink();
init({ endpoint: sink.url });
for (const [name, bare, ours] of [
  ['async generator', answer, observed],
  ['web stream', webAnswer, observedWeb],
] as const) {
  const delays = { bare: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const isWarm = round >= 5;
    const into = (list: number[]) => (isWarm ? list : []);
    await Promise.all(Array.from({ length: STREAMS }, () => consume(bare(), into(delays.bare))));
    await Promise.all(Array.from({ length: STREAMS }, () => consume(ours(), into(delays.ours))));
  }
  for (const quantile of [0.5, 0.99]) {
    const [b, o] = [at(delays.bare, quantile), at(delays.ours, quantile)];
    console.log(
      `${name.padEnd(16)} p${quantile * 100}  bare ${b.toFixed(1)} µs  sdk ${o.toFixed(1)} µs  added ${(o - b).toFixed(1)} µs`,
    );
  }
}
await shutdown();
await sink.stop();

function at(values: number[], quantile: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * quantile)] ?? Number.NaN;
}
