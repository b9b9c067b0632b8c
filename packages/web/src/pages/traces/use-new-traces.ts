import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLive } from '../../api/live.ts';
import type { TraceSummary } from '../../api/types.ts';
import { usePaced } from '../../ui/use-paced.ts';
import { newTraceIds, touches } from './new-trace-ids.ts';

interface NewTracesInput {
  readonly project: string | undefined;
  /** Only a range that ends now gets new traces. */
  readonly enabled: boolean;
  readonly shown: readonly TraceSummary[];
  /** Start of the oldest trace that is shown, where older ones follow: spans of those are nothing new. */
  readonly shownSince: string | undefined;
  /** The reader is at the top and wants new rows at once. */
  readonly takeAtOnce: boolean;
  readonly refresh: () => Promise<void>;
  /** Whether the list has a filter. Live events do not say which traces pass it, so the list is asked. */
  readonly filtered: boolean;
  /** Updates the traces that are shown, and returns the newest traces of the list. */
  readonly renew: () => Promise<readonly TraceSummary[]>;
}

/** At most one refresh a second, however fast spans come. */
const PACE_MS = 1000;

/** Counts traces that arrived since the list was read, and brings them in: at once or when asked. */
export function useNewTraces(input: NewTracesInput) {
  const { project, enabled, shown, shownSince, takeAtOnce, filtered, refresh, renew } = input;
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [changes, setChanges] = useState(0);
  const lastRefresh = useRef(0);

  // A trace on the screen went on, or was judged: its row says so, the others stay where they are.
  const renewSoon = usePaced(PACE_MS, () => {
    if (takeAtOnce) return;
    renew().then(
      (newest) => {
        if (filtered) setWaiting(new Set(newTraceIds({ spans: newest }, shown, shownSince)));
      },
      // What cannot be read now is read with the next change.
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
      // The peek beside the list has no connection of its own.
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

  // Every event counts, those of known traces too.
  useEffect(() => {
    if (!takeAtOnce || changes === 0) return;
    const timer = setTimeout(() => void take(), Math.max(0, lastRefresh.current + PACE_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [changes, takeAtOnce, take]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another project has other new traces.
  useEffect(() => setWaiting(new Set()), [project]);

  return { state, waiting: waiting.size, take };
}
