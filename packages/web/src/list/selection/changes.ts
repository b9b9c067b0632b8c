import { answerOf, api } from '../../api/client.ts';
import { HUMAN } from '../../scores/show-score.ts';
import type { RowTarget } from './row-target.ts';

/** A change that is sent in several requests. */
export interface Steps {
  readonly project: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, of: number) => void;
}

/** Traces in one request. */
const TRACES = 500;
const SCORES = 500;

export interface GivenScore {
  readonly name: string;
  readonly value: number | string | boolean;
  readonly comment: string;
}

export async function scoreTargets(
  targets: readonly RowTarget[],
  { name, value, comment }: GivenScore,
  steps: Steps,
): Promise<void> {
  let last: { readonly id: string; readonly target: RowTarget } | undefined;
  await inSteps(targets, SCORES, steps, async (some) => {
    const body = some.map(({ type: _, ...target }) => ({
      ...target,
      name,
      value,
      source: HUMAN,
      comment: comment || null,
    }));
    const params = { query: { project: steps.project } };
    const { scores } = await answerOf(api.POST('/api/v1/scores', { params, body, signal: steps.signal }));
    const [id, target] = [scores.at(-1)?.id, some.at(-1)];
    if (id !== undefined && target) last = { id, target };
  });
  if (last) await untilReadable(last.id, last.target, steps);
}

const READ_EVERY_MS = 250;
const MAX_READS = 40;

/** Scores are stored, but not readable at once. Lists are read again after this. */
async function untilReadable(id: string, target: RowTarget, { project, signal }: Steps): Promise<void> {
  const of = target.type === 'session' ? { sessionId: target.sessionId } : { traceId: target.traceId };
  const params = { query: { project, ...of, limit: 1000 } };
  const since = Date.now();
  for (let reads = 0; reads < MAX_READS; reads++) {
    const read = await answerOf(api.GET('/api/v1/scores', { params, signal })).catch(() => undefined);
    const found = read?.scores.find((score) => score.id === id);
    if (found && Date.parse(found.updatedAt) >= since - CLOCKS_MS) return;
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  }
}

/** The clocks of the browser and the server can differ a little. */
const CLOCKS_MS = 5_000;

export function changeTags(
  traceIds: readonly string[],
  change: { readonly add: string[]; readonly remove: string[] },
  steps: Steps,
): Promise<void> {
  return inSteps(traceIds, TRACES, steps, (some) =>
    answerOf(
      api.POST('/api/v1/tags', {
        params: { query: { project: steps.project } },
        body: { traceIds: [...some], ...change },
        signal: steps.signal,
      }),
    ),
  );
}

export function deleteTraces(traceIds: readonly string[], steps: Steps): Promise<void> {
  return inSteps(traceIds, TRACES, steps, (some) =>
    answerOf(
      api.POST('/api/v1/traces/delete', {
        params: { query: { project: steps.project } },
        body: { traceIds: [...some] },
        signal: steps.signal,
      }),
    ),
  );
}

async function inSteps<Item>(
  items: readonly Item[],
  size: number,
  { signal, onProgress }: Steps,
  send: (some: readonly Item[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += size) {
    signal.throwIfAborted();
    onProgress(at, items.length);
    await send(items.slice(at, at + size));
  }
}
