import type { AcceptScores, GivenScore } from '../../ingest/accept-scores.ts';
import { DEFAULT_PROJECT } from '../../project/project-name.ts';
import { type Fields, InvalidItem, idField, textField } from '../sdk-http/field-readers.ts';
import type { ItemError } from '../sdk-http/sdk-endpoint.ts';
import type { KnownRun } from './patch-of-run.ts';
import { runOfFeedback, scoreOfFeedback } from './score-of-feedback.ts';

export interface FeedbackParts {
  /**
   * Looks for runs in memory and in the store, and waits a few seconds for those that are not known yet. Runs that do not
   * arrive are left out. Rejects if the signal is aborted.
   */
  readonly awaitRuns: (
    runIds: readonly string[],
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, KnownRun>>;
  readonly acceptScores: AcceptScores;
}

export interface FeedbackSource {
  /** The project in the header of Throughline, which takes precedence. */
  readonly project: string | undefined;
  /** Aborted if the client disconnects. */
  readonly signal: AbortSignal;
}

/** LangSmith's SDKs send at most 100 items in a request. */
export const MAX_FEEDBACK = 1_000;

/**
 * Stores the valid feedback of a request and returns the errors of the rest. All runs are awaited together, so that a
 * request takes as long as one feedback does.
 *
 * @throws the reason of the signal, once it is aborted: then nothing is stored
 */
export async function acceptFeedback(
  parts: FeedbackParts,
  given: readonly Fields[],
  { project, signal }: FeedbackSource,
): Promise<ItemError[]> {
  const errors: ItemError[] = [];
  const valid = given.flatMap((feedback, index) => {
    try {
      if (index >= MAX_FEEDBACK)
        throw new InvalidItem(`the request has more than ${MAX_FEEDBACK} feedback items; send fewer at once`);
      const score = scoreOfFeedback(feedback);
      return [{ score, runId: runOfFeedback(feedback), traceId: idField(feedback, 'trace_id') }];
    } catch (error) {
      if (!(error instanceof InvalidItem)) throw error;
      errors.push({ id: textField(feedback, 'id') ?? '', message: error.message });
      return [];
    }
  });
  if (valid.length === 0) return errors;
  signal.throwIfAborted();
  const runs = await parts.awaitRuns([...new Set(valid.map(({ runId }) => runId))], signal);
  signal.throwIfAborted();
  const scores = new Map<string, GivenScore[]>();
  for (const { score, runId, traceId } of valid) {
    const run = runs.get(runId);
    // A run that is not known is assumed to be the root of its trace.
    const complete = { ...score, traceId: traceId ?? run?.traceId ?? runId };
    const place = project ?? run?.project ?? DEFAULT_PROJECT;
    const known = scores.get(place);
    if (known) known.push(complete);
    else scores.set(place, [complete]);
  }
  await Promise.all([...scores].map(([place, list]) => parts.acceptScores(place, list)));
  return errors;
}
