import { expect, it } from 'vitest';
import type { GivenScore } from '../../ingest/accept-scores.ts';
import { acceptFeedback, type FeedbackParts, MAX_FEEDBACK } from './accept-feedback.ts';
import type { KnownRun } from './patch-of-run.ts';

/** Records how often runs are awaited and scores are accepted. */
function recorder(runs: Readonly<Record<string, KnownRun>> = {}, onAwait: () => void = () => {}) {
  const waits: (readonly string[])[] = [];
  const accepted: { project: string; scores: readonly GivenScore[] }[] = [];
  const parts: FeedbackParts = {
    awaitRuns: async (runIds) => {
      waits.push(runIds);
      onAwait();
      return new Map(Object.entries(runs));
    },
    acceptScores: async (project, scores) => {
      accepted.push({ project, scores });
      return scores.map(({ id }) => id ?? '');
    },
  };
  return { parts, waits, accepted };
}

const feedback = (id: number, runId = `run-${id}`) => ({
  id: `feedback-${id}`,
  run_id: runId,
  key: 'helpful',
  score: 1,
});
const many = (count: number) => Array.from({ length: count }, (_, id) => feedback(id));
const connected = { project: undefined, signal: new AbortController().signal };

it('awaits all runs of a request together and accepts its scores in one call', async () => {
  const { parts, waits, accepted } = recorder();
  expect(await acceptFeedback(parts, [...many(500), feedback(500, 'run-0')], connected)).toEqual([]);
  expect(waits.map((runIds) => runIds.length)).toEqual([500]);
  expect(accepted.map(({ project, scores }) => [project, scores.length])).toEqual([['default', 501]]);
});

it('accepts scores in one call for each project, with the trace of the run', async () => {
  const { parts, accepted } = recorder({
    'run-0': { project: 'shop', traceId: 'trace-a' },
    'run-1': { project: 'bank', traceId: 'trace-b' },
    'run-2': { project: 'shop', traceId: 'trace-c' },
  });
  await acceptFeedback(parts, many(4), connected);
  expect(
    accepted.map(({ project, scores }) => [
      project,
      scores.map(({ traceId, spanId }) => `${traceId} ${spanId}`),
    ]),
  ).toEqual([
    ['shop', ['trace-a run-0', 'trace-c run-2']],
    ['bank', ['trace-b run-1']],
    ['default', ['run-3 run-3']],
  ]);
});

it('returns an error for each invalid feedback, and does not wait for it', async () => {
  const { parts, waits, accepted } = recorder();
  const invalid = { ...feedback(0), score: 'good' };
  expect(await acceptFeedback(parts, [invalid], connected)).toEqual([
    { id: 'feedback-0', message: 'score is "good", expected a number or a boolean' },
  ]);
  expect({ waits, accepted }).toEqual({ waits: [], accepted: [] });
});

it('returns an error for each feedback beyond the limit of a request', async () => {
  const { parts, accepted } = recorder();
  const errors = await acceptFeedback(parts, many(MAX_FEEDBACK + 2), connected);
  expect(errors).toEqual(
    [MAX_FEEDBACK, MAX_FEEDBACK + 1].map((id) => ({
      id: `feedback-${id}`,
      message: `the request has more than ${MAX_FEEDBACK} feedback items; send fewer at once`,
    })),
  );
  expect(accepted.map(({ scores }) => scores.length)).toEqual([MAX_FEEDBACK]);
});

it('stores nothing once the client disconnected', async () => {
  const controller = new AbortController();
  const { parts, waits, accepted } = recorder({}, () => controller.abort());
  const source = { project: undefined, signal: controller.signal };
  await expect(acceptFeedback(parts, many(2), source)).rejects.toThrow(/aborted/);
  await expect(acceptFeedback(parts, many(2), source)).rejects.toThrow(/aborted/);
  expect({ waits: waits.length, accepted }).toEqual({ waits: 1, accepted: [] });
});
