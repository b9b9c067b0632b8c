import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { repriceJobQuery, repriceJobsQuery } from '../../api/queries.ts';
import type { RepriceJob } from '../../api/types.ts';

/**
 * Runs that compute costs again: the one that was started here, otherwise the one that is running, whoever started it.
 * `isOpen` is whether somebody looks.
 */
export function useReprice(project: string, isOpen: boolean) {
  const client = useQueryClient();
  const query = { project };
  const [started, setStarted] = useState<RepriceJob>();
  const jobs = useQuery({ ...repriceJobsQuery(project), enabled: isOpen });
  const running = jobs.data?.jobs.find(({ state }) => state === 'running');
  const shown = started ?? running;
  const followed = useQuery({
    ...repriceJobQuery(project, shown?.id ?? ''),
    enabled: isOpen && shown !== undefined,
  });
  const start = useMutation({
    mutationFn: (dryRun: boolean) =>
      answerOf(api.POST('/api/v1/reprice-jobs', { params: { query }, body: { dryRun } })),
    onSuccess: setStarted,
  });
  const cancel = useMutation({
    mutationFn: (jobId: string) =>
      answerOf(api.DELETE('/api/v1/reprice-jobs/{jobId}', { params: { path: { jobId }, query } })),
    onSuccess: (job) => client.setQueryData(repriceJobQuery(project, job.id).queryKey, job),
  });
  const job = shown && followed.data?.id === shown.id ? followed.data : shown;
  return {
    /** Undefined until it is known whether a run exists. */
    isKnown: jobs.isFetched,
    job,
    error: start.error ?? cancel.error ?? followed.error ?? jobs.error,
    busy: start.isPending || cancel.isPending,
    start: start.mutate,
    cancel: cancel.mutate,
    /** Forgets the run, and reads costs again that it may have changed. */
    close: () => {
      setStarted(undefined);
      start.reset();
      cancel.reset();
      void client.invalidateQueries();
    },
  };
}
