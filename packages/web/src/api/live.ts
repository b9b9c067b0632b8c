import { useEffect, useEffectEvent, useState } from 'react';
import type { LiveSpans } from './types.ts';

export type LiveState = 'off' | 'connecting' | 'open' | 'lost';

/** What is told after a gap: something may have come meanwhile, nobody knows what. */
const NOTHING: LiveSpans = { spans: [], more: 0 };

/** Spans as they become readable. `project` undefined or `enabled` false: no connection. The browser reconnects by itself. */
export function useLiveSpans(
  project: string | undefined,
  enabled: boolean,
  onSpans: (event: LiveSpans) => void,
): LiveState {
  const [state, setState] = useState<LiveState>('off');
  const receive = useEffectEvent(onSpans);
  useEffect(() => {
    if (!enabled || project === undefined) {
      setState('off');
      return;
    }
    setState('connecting');
    const source = new EventSource(`/api/v1/live?${new URLSearchParams({ project })}`);
    let isGap = false;
    source.addEventListener('open', () => {
      setState('open');
      if (isGap) receive(NOTHING);
      isGap = false;
    });
    source.addEventListener('error', () => {
      setState('lost');
      isGap = true;
    });
    source.addEventListener('spans', (event: MessageEvent<string>) => {
      const spans = decodeLiveSpans(event.data);
      if (spans) receive(spans);
    });
    return () => source.close();
  }, [project, enabled]);
  return state;
}

/** Null where the text is no event of ours. */
export function decodeLiveSpans(text: string): LiveSpans | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('spans' in value) || !Array.isArray(value.spans))
      return null;
    return value as LiveSpans;
  } catch {
    return null;
  }
}
