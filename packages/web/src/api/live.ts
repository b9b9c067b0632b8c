import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { LiveFinished, LiveScores, LiveSpans } from './types.ts';

export type LiveState = 'off' | 'connecting' | 'open' | 'lost';

export interface LiveListener {
  readonly onSpans: (event: LiveSpans) => void;
  readonly onScores: (event: LiveScores) => void;
  /** Called with traces that are complete. */
  readonly onFinished?: (event: LiveFinished) => void;
  /** Called if events were missed: the connection was interrupted, or this page read too slowly. */
  readonly onGap: () => void;
}

/** Delay before a new connection. After a response such as 429, the browser does not reconnect by itself. */
const RETRY_MS = 10_000;

/**
 * Listens for spans and scores as they become readable. There is no connection if `project` is undefined or `enabled` is
 * false. A lost connection is reopened.
 */
export function useLive(project: string | undefined, enabled: boolean, listener: LiveListener): LiveState {
  const [state, setState] = useState<LiveState>('off');
  const [attempt, setAttempt] = useState(0);
  const openedFor = useRef<string>(undefined);
  const onSpans = useEffectEvent(listener.onSpans);
  const onScores = useEffectEvent(listener.onScores);
  const onFinished = useEffectEvent((event: LiveFinished) => listener.onFinished?.(event));
  const onGap = useEffectEvent(listener.onGap);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt needs a new connection.
  useEffect(() => {
    if (!enabled || project === undefined) {
      setState('off');
      return;
    }
    setState('connecting');
    const source = new EventSource(`/api/v1/live?${new URLSearchParams({ project })}`);
    source.addEventListener('open', () => {
      setState('open');
      if (openedFor.current === project) onGap();
      openedFor.current = project;
    });
    let retry: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener('error', () => {
      setState('lost');
      if (source.readyState === EventSource.CLOSED)
        retry = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    });
    source.addEventListener('lagged', () => onGap());
    source.addEventListener('spans', ({ data }: MessageEvent<string>) => {
      const event = decodeLive<LiveSpans>(data, 'spans');
      if (event) onSpans(event);
    });
    source.addEventListener('scores', ({ data }: MessageEvent<string>) => {
      const event = decodeLive<LiveScores>(data, 'scores');
      if (event) onScores(event);
    });
    source.addEventListener('finished', ({ data }: MessageEvent<string>) => {
      const event = decodeLive<LiveFinished>(data, 'traces');
      if (event) onFinished(event);
    });
    return () => {
      clearTimeout(retry);
      source.close();
    };
  }, [project, enabled, attempt]);
  return state;
}

/** Parses an event; null if the text is not an object with an array named `list`. */
export function decodeLive<Event>(text: string, list: keyof Event & string): Event | null {
  try {
    const value: unknown = JSON.parse(text);
    const isEvent =
      typeof value === 'object' &&
      value !== null &&
      Object.hasOwn(value, list) &&
      Array.isArray((value as Record<string, unknown>)[list]);
    return isEvent ? (value as Event) : null;
  } catch {
    return null;
  }
}
