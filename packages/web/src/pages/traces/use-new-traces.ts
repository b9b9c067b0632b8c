import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLive } from '../../api/live.ts';
import type { TraceSummary } from '../../api/types.ts';
import { usePaced } from '../../ui/use-paced.ts';
import { newTraceIds, touches } from './new-trace-ids.ts';

interface NewTracesInput {
  readonly project: string | undefined;
  /** Whether to listen for new traces. Only a range that ends now can get some. */
  readonly enabled: boolean;
  readonly shown: readonly TraceSummary[];
  /** If the list has further pages, the start of the oldest trace it shows: older traces are not new. */
  readonly shownSince: string | undefined;
  /** Whether to show new traces at once: live updates are on and the list is scrolled to its top. */
  readonly takeAtOnce: boolean;
  readonly refresh: () => Promise<void>;
  /** Whether the list has a filter. Live events do not say which traces match it, so the list must be read again. */
  readonly filtered: boolean;
  /** Updates the traces that are shown, and returns the newest traces of the list. */
  readonly renew: () => Promise<readonly TraceSummary[]>;
}

/** Minimum time between two refreshes. */
const PACE_MS = 1000;

/** Counts the traces that arrived since the list was read. They are added at once, or when `take` is called. */
export function useNewTraces(input: NewTracesInput) {
  const { project, enabled, shown, shownSince, takeAtOnce, filtered, refresh, renew } = input;
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [changes, setChanges] = useState(0);
  const lastRefresh = useRef(0);

  // A trace in the list got new spans or scores: update its row without moving the other rows.
  const renewSoon = usePaced(PACE_MS, () => {
    if (takeAtOnce) return;
    renew().then(
      (newest) => {
        if (filtered) setWaiting(new Set(newTraceIds({ spans: newest }, shown, shownSince)));
      },
      // If this fails, the next change tries again.
      () => undefined,
    );
  });
  const changed = (traceIds: readonly (string | null)[]) => {
    setChanges((count) => count + 1);
    if (!takeAtOnce && (filtered || touches(traceIds, shown))) renewSoon();
  };

  const state = useLive(project, enabled, {
    onSpans: (event) => {
      const fresh = filtered ? [] : newTraceIds(event, shown, shownSince);
      if (fresh.length > 0) setWaiting((old) => new Set([...old, ...fresh]));
      changed(event.spans.map(({ traceId }) => traceId));
    },
    onScores: ({ scores }) => {
      const traceIds = scores.map(({ traceId }) => traceId);
      changed(traceIds);
      // The preview beside the list has no live connection, so its scores are refreshed here.
      for (const traceId of new Set(traceIds))
        void client.invalidateQueries({ queryKey: ['scores', traceId] });
    },
    onGap: () => changed([]),
  });

  const take = useCallback(async () => {
    lastRefresh.current = Date.now();
    setWaiting(new Set());
    await refresh();
  }, [refresh]);

  // Every event causes a refresh, also if its traces are already in the list.
  useEffect(() => {
    if (!takeAtOnce || changes === 0) return;
    const timer = setTimeout(() => void take(), Math.max(0, lastRefresh.current + PACE_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [changes, takeAtOnce, take]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the new traces of one project must not be counted for another.
  useEffect(() => setWaiting(new Set()), [project]);

  return { state, waiting: waiting.size, take };
}
