import { spawn } from 'node:child_process';
import { startSink } from './sink-server.ts';
import { type Answer, SUBJECTS } from './subjects.ts';

/*
 * Compares tracing libraries. Each wraps the same asynchronous function and records its argument (900 characters) and
 * result (600 characters), in its own process and with the same endpoint. Measured per call: processor time of the
 * application's thread between call and result, without sending, and of the whole process, with sending.
 *
 *     node --conditions=throughline-source bench/sdk/compare.ts
 */

const ROUNDS = 40;
const WARM_UP = 10;
const CALLS = 1_000;

const question = 'What is the refund policy for orders from abroad? '.repeat(18);
const result = 'Within thirty days of delivery. '.repeat(19);
const answer: Answer = async (text) => (text === '' ? '' : result);

const [name, url] = process.argv.slice(2);
if (name !== undefined && url !== undefined) await measure(name, url);
else await compare();

async function compare(): Promise<void> {
  const sink = await startSink();
  console.log(`${'library'.padEnd(24)} µs per call   µs with sending`);
  for (const subject of Object.keys(SUBJECTS)) {
    const args = [...process.execArgv, process.argv[1] ?? '', subject, sink.url];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'ignore'] });
    await new Promise((resolve) => child.on('close', resolve));
  }
  await sink.stop();
}

async function measure(subject: string, endpoint: string): Promise<void> {
  const { wrapped, flush } = (await SUBJECTS[subject]?.(answer, endpoint)) ?? {
    wrapped: answer,
    flush: async () => {},
  };
  const hot: number[] = [];
  let whole = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) {
    if (round === WARM_UP) whole = process.cpuUsage();
    const start = process.threadCpuUsage();
    let last: unknown;
    for (let i = 0; i < CALLS; i++) last = wrapped(question);
    await last;
    const { user, system } = process.threadCpuUsage(start);
    if (round >= WARM_UP) hot.push((user + system) / CALLS);
    await flush();
  }
  const { user, system } = process.cpuUsage(whole);
  const perCall = hot.toSorted((a, b) => a - b)[Math.floor(hot.length / 2)] ?? Number.NaN;
  const withSending = (user + system) / (CALLS * (ROUNDS - WARM_UP));
  console.log(
    `${subject.padEnd(24)} ${perCall.toFixed(2).padStart(11)} ${withSending.toFixed(1).padStart(17)}`,
  );
  process.exit(0);
}
