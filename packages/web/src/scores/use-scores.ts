import {
  type QueryClient,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { answerOf, api } from '../api/client.ts';
import { traceScoresQuery } from '../api/queries.ts';
import type { Trace } from '../api/types.ts';
import { type Judgement, scoresBySpan, withPending } from './own-scores.ts';
import { HUMAN, THUMB } from './show-score.ts';

/**
 * The scores of a trace and its spans, and a function to add one. A new score is shown at once. If it cannot be saved, it
 * is removed again and `failure` has the reason.
 */
export function useScores(trace: Trace, project: string | undefined) {
  const client = useQueryClient();
  const { traceId } = trace;
  const { data } = useQuery({ ...traceScoresQuery(traceId, project ?? ''), enabled: project !== undefined });
  const mutationKey = ['judge', traceId, project];
  const { mutate, reset, error, variables } = useMutation({
    mutationKey,
    mutationFn: (judgement: Judgement) => judge(client, traceId, project ?? '', judgement),
    onSuccess: () => client.invalidateQueries({ queryKey: ['list'] }),
  });
  const pending = useMutationState({
    filters: { mutationKey, status: 'pending' },
    select: ({ state }) => state.variables as Judgement,
  });
  const saved = data?.scores ?? trace.scores;
  const scores = useMemo(() => withPending(saved, pending), [saved, pending]);
  return {
    scores,
    bySpan: useMemo(() => scoresBySpan(scores), [scores]),
    judge: mutate,
    failure: error && variables ? { error, retry: () => mutate(variables), dismiss: reset } : null,
  };
}

export type Scores = ReturnType<typeof useScores>;

/** Saves a score, and resolves when it can be read. Until then the page shows it as pending. */
async function judge(
  client: QueryClient,
  traceId: string,
  project: string,
  { spanId, value, comment }: Judgement,
): Promise<void> {
  const { scores } = await answerOf(
    api.POST('/api/v1/scores', {
      params: { query: { project } },
      body: [{ traceId, spanId, name: THUMB, value, source: HUMAN, comment: comment || null }],
    }),
  );
  const id = scores[0]?.id;
  for (let reads = 0; reads < MAX_READS; reads++) {
    // The score is already saved, so a failed read is not an error.
    const read = await client
      .fetchQuery({ ...traceScoresQuery(traceId, project), staleTime: 0 })
      .catch(() => undefined);
    const found = read?.scores.find((score) => score.id === id);
    if (found?.value === value && (found.comment ?? '') === comment) return;
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  }
}

const READ_EVERY_MS = 250;
const MAX_READS = 40;
