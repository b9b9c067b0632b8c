import { expect, test } from 'vitest';
import { IngestProblems, type ProblemReport } from './ingest-problems.ts';

const report = (message: string, at: number, change: Partial<ProblemReport> = {}): ProblemReport => ({
  project: 'shop',
  signal: 'otlp-logs',
  reason: 'malformed-body',
  count: 1,
  sample: { message, timeUnixNano: BigInt(at), name: undefined, sdk: undefined, userAgent: undefined },
  ...change,
});

test('only a few samples are kept, the newest ones', () => {
  const problems = new IngestProblems();
  for (let index = 0; index < 100; index++) problems.record(report(`message ${index % 7}`, index));
  const [found] = problems.list('shop');
  expect(found).toMatchObject({ count: 100, firstUnixNano: 0n, lastUnixNano: 99n });
  expect(found?.samples.map(({ message }) => message)).toEqual([
    'message 1',
    'message 0',
    'message 6',
    'message 5',
    'message 4',
  ]);
});

test('a project has its own problems and those without a project, the latest first', () => {
  const problems = new IngestProblems();
  problems.record(report('own', 1));
  problems.record(report('of others', 2, { project: 'bank' }));
  problems.record(report('of nobody', 3, { project: undefined }));
  expect(problems.list('shop').map(({ samples }) => samples[0]?.message)).toEqual(['of nobody', 'own']);
  problems.record(report('own again', 4));
  expect(problems.list('shop').map(({ lastUnixNano }) => lastUnixNano)).toEqual([4n, 3n]);
});

test('memory is bounded: the least recently reported problems are dropped, and long texts are cut', () => {
  const problems = new IngestProblems();
  const text = 'x'.repeat(100_000);
  const samplesOf = (index: number) => ({
    name: text,
    sdk: text,
    userAgent: text,
    timeUnixNano: BigInt(index),
  });
  for (let index = 0; index < 2000; index++) {
    const sample = { message: `${index}${text}`, ...samplesOf(index) };
    problems.record(report('', index, { project: `project ${index}`, sample }));
  }
  const kept = Array.from({ length: 2000 }, (_, index) => problems.list(`project ${index}`)).flat();
  expect(kept.at(-1)?.project).toBe('project 1999');
  const characters = kept.flatMap(({ samples }) => samples).map(({ message, name }) => [message, name]);
  expect(new Set(characters.flat().map((each) => each?.length))).toEqual(new Set([500]));
  // Four texts of 500 characters with two bytes each, in 4 MiB.
  expect(kept.length).toBeGreaterThan(900);
  expect(kept.length).toBeLessThanOrEqual((4 << 20) / (4 * 500 * 2));
});

test('a project whose name is long as JSON can have problems', () => {
  const problems = new IngestProblems();
  const project = '"'.repeat(128);
  problems.record(report('quoted', 1, { project }));
  expect(problems.list(project)).toHaveLength(1);
});
