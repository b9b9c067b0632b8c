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

test('samples are few and the newest', () => {
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

test('a project sees its own and those that belong to none, the latest first', () => {
  const problems = new IngestProblems();
  problems.record(report('own', 1));
  problems.record(report('of others', 2, { project: 'bank' }));
  problems.record(report('of nobody', 3, { project: undefined }));
  expect(problems.list('shop').map(({ samples }) => samples[0]?.message)).toEqual(['of nobody', 'own']);
  problems.record(report('own again', 4));
  expect(problems.list('shop').map(({ lastUnixNano }) => lastUnixNano)).toEqual([4n, 3n]);
});

test('memory is bounded: quiet problems make room, long texts are cut', () => {
  const problems = new IngestProblems();
  for (let index = 0; index < 1005; index++)
    problems.record(report('x'.repeat(10_000), index, { project: `project ${index}` }));
  expect(problems.list('project 4')).toEqual([]);
  const [kept] = problems.list('project 5');
  expect(kept?.samples[0]?.message).toHaveLength(500);
});
