import { useCallback, useEffect, useRef, useState } from 'react';
import { useLiveSpans } from '../../api/live.ts';
import type { TraceSummary } from '../../api/types.ts';

interface NewTracesInput {
  readonly project: string | undefined;
  /** Only a range that ends now gets new traces. */
  readonly enabled: boolean;
  readonly shown: readonly TraceSummary[];
  /** The reader is at the top and wants new rows at once. */
  readonly takeAtOnce: boolean;
  readonly refresh: () => Promise<void>;
}

/** At most one refresh a second, however fast spans come. */
const PACE_MS = 1000;

/** Counts traces that arrived since the list was read, and brings them in: at once or when asked. */
export function useNewTraces({ project, enabled, shown, takeAtOnce, refresh }: NewTracesInput) {
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [changes, setChanges] = useState(0);
  const lastRefresh = useRef(0);

  const state = useLiveSpans(project, enabled, (event) => {
    const known = new Set(shown.map((trace) => trace.traceId));
    setWaiting(
      (old) => new Set([...old, ...event.spans.map((span) => span.traceId).filter((id) => !known.has(id))]),
    );
    setChanges((count) => count + 1);
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
