import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLive } from '../api/live.ts';
import { usePaced } from '../ui/use-paced.ts';
import type { ListSpec } from './list-spec.ts';
import { newRowKeys, touches } from './new-row-keys.ts';

interface NewRowsInput<Row> {
  readonly spec: ListSpec<Row>;
  readonly project: string;
  /** Whether to listen for new rows. Only a range that ends now can get some. */
  readonly enabled: boolean;
  readonly shown: ReadonlySet<string>;
  /** If the list has further pages, the start of the oldest row it shows: older rows are not new. */
  readonly shownSince: string | undefined;
  /** Whether to show new rows at once: live updates are on and the list is scrolled to its top. */
  readonly takeAtOnce: boolean;
  readonly refresh: () => Promise<void>;
  /** Whether the list has a filter. Live events do not show which rows match, so the list must be read again. */
  readonly filtered: boolean;
  /** Updates the rows that are shown, and returns the newest rows of the list. */
  readonly renew: () => Promise<readonly Row[]>;
}

/** Minimum time between two refreshes. */
const PACE_MS = 1000;

/** Counts the rows that arrived since the list was read. They are added at once, or when `take` is called. */
export function useNewRows<Row>(input: NewRowsInput<Row>) {
  const { spec, project, enabled, shown, shownSince, takeAtOnce, filtered, refresh, renew } = input;
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [changes, setChanges] = useState(0);
  const lastRefresh = useRef(0);
  const { liveRows, keyOf, startOf, keyOfScore } = spec;

  // A row of the list got new spans or scores: update it without moving the other rows.
  const renewSoon = usePaced(PACE_MS, () => {
    if (takeAtOnce) return;
    renew().then(
      (newest) => {
        const rows = newest.map((row) => ({ key: keyOf(row), startTime: startOf?.(row) ?? '' }));
        if (filtered) setWaiting(new Set(newRowKeys(rows, shown, shownSince)));
      },
      // If this fails, the next change tries again.
      () => undefined,
    );
  });
  const changed = (keys: readonly (string | null)[]) => {
    setChanges((count) => count + 1);
    if (!takeAtOnce && (filtered || touches(keys, shown))) renewSoon();
  };

  const state = useLive(project, enabled && liveRows !== undefined, {
    onSpans: (event) => {
      const rows = liveRows?.(event) ?? [];
      const fresh = filtered ? [] : newRowKeys(rows, shown, shownSince);
      if (fresh.length > 0) setWaiting((old) => new Set([...old, ...fresh]));
      changed(rows.map(({ key }) => key));
    },
    onScores: ({ scores }) => {
      changed(scores.map((score) => keyOfScore?.(score) ?? null));
      // The preview beside the list has no live connection, so its scores are refreshed here.
      for (const traceId of new Set(scores.map((score) => score.traceId)))
        void client.invalidateQueries({ queryKey: ['scores', traceId] });
    },
    // The row of the trace now has its final totals.
    onFinished: ({ traces }) => changed(traces.map(({ traceId }) => traceId)),
    onGap: () => changed([]),
  });

  const take = useCallback(async () => {
    lastRefresh.current = Date.now();
    setWaiting(new Set());
    await refresh();
  }, [refresh]);

  // Every event causes a refresh, also if its rows are already in the list.
  useEffect(() => {
    if (!takeAtOnce || changes === 0) return;
    const timer = setTimeout(() => void take(), Math.max(0, lastRefresh.current + PACE_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [changes, takeAtOnce, take]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the new rows of one project must not be counted for another.
  useEffect(() => setWaiting(new Set()), [project]);

  return { state, waiting: waiting.size, take };
}
