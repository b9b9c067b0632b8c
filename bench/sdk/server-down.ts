import { setTimeout as sleep } from 'node:timers/promises';
import { init, shutdown, startTrace, stats } from '@throughline/sdk';

/*
 * Measures memory while the server is unreachable: 1,000 spans of 2 kB per second, for ten minutes or the given number of
 * seconds.
 *
 *     node --expose-gc --conditions=throughline-source bench/sdk/server-down.ts [seconds]
 */

const seconds = Number(process.argv[2] ?? 600);
const text = 'The quick brown fox jumps over the lazy dog, and nobody knows why. '.repeat(30);
const rss = () => Math.round(process.memoryUsage.rss() / 1024 / 1024);
const heap = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
};

init({ endpoint: 'http://127.0.0.1:1' });
console.log('second  rss MB  heap MB  waiting  waiting MB  dropped');
for (let second = 0; second <= seconds; second++) {
  if (second % Math.max(1, Math.floor(seconds / 10)) === 0) {
    const { waiting = 0, waitingBytes = 0, dropped } = stats() ?? {};
    const row = [
      second,
      rss(),
      heap(),
      waiting,
      (waitingBytes / 1024 / 1024).toFixed(1),
      dropped?.queueFull ?? 0,
    ];
    console.log(row.map((cell) => String(cell).padStart(7)).join(' '));
  }
  for (let i = 0; i < 1_000; i++) startTrace('chat', { kind: 'llm', input: `${second} ${i} ${text}` }).end();
  await sleep(1_000);
}
const startedAt = performance.now();
await shutdown();
console.log(`shutdown took ${Math.round(performance.now() - startedAt)} ms`);
