import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { LiveScores, LiveSpans } from './types.ts';

export type LiveState = 'off' | 'connecting' | 'open' | 'lost';

export interface LiveListener {
  readonly onSpans: (event: LiveSpans) => void;
  readonly onScores: (event: LiveScores) => void;
  /** Connected again: something may have come meanwhile, nobody knows what. */
  readonly onGap: () => void;
}

/**
 * Spans and scores as they become readable. `project` undefined or `enabled` false: no connection. The browser
 * reconnects by itself.
 */
export function useLive(project: string | undefined, enabled: boolean, listener: LiveListener): LiveState {
  const [state, setState] = useState<LiveState>('off');
  const openedFor = useRef<string>(undefined);
  const onSpans = useEffectEvent(listener.onSpans);
  const onScores = useEffectEvent(listener.onScores);
  const onGap = useEffectEvent(listener.onGap);
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
    source.addEventListener('error', () => setState('lost'));
    source.addEventListener('spans', ({ data }: MessageEvent<string>) => {
      const event = decodeLive<LiveSpans>(data, 'spans');
      if (event) onSpans(event);
    });
    source.addEventListener('scores', ({ data }: MessageEvent<string>) => {
      const event = decodeLive<LiveScores>(data, 'scores');
      if (event) onScores(event);
    });
    return () => source.close();
  }, [project, enabled]);
  return state;
}

/** Null where the text is no event with such a list. */
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
