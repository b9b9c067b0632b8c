import type { Engine } from '../clickhouse/engine.ts';
import type { LiveEvent, LiveScores } from '../contract/live.ts';
import type { LoadedSegment, LoadedTable } from './loaded-segment.ts';
import { scoresOfSegment, spansOfSegment } from './segment-rows.ts';

/** A server-sent event of `/live`. */
export type LiveMessage =
  | { readonly name: 'spans'; readonly data: LiveEvent }
  | { readonly name: 'scores'; readonly data: LiveScores };

type Listener = (message: LiveMessage) => void;

export interface LiveTail {
  /** Gives the unsubscriber. */
  subscribe(project: string, listener: Listener): () => void;
  /** For the loader: the files must stay until the promise is settled. Undefined if nobody listens. */
  onLoaded(segment: LoadedSegment): Promise<void> | undefined;
}

/** What was committed, for those who watch: read from the segment's files, and only while somebody listens. */
export function createLiveTail(engine: Pick<Engine, 'queryFile'>): LiveTail {
  const listeners = new Map<string, Set<Listener>>();
  const tell = (project: string, message: LiveMessage) => {
    for (const listener of listeners.get(project) ?? []) listener(message);
  };

  async function tellOf({ spans, scores }: { spans?: LoadedTable; scores?: LoadedTable }): Promise<void> {
    const projects = [...listeners.keys()];
    // Both are readable by now; a page that learns of a trace and its score asks for the trace first.
    if (spans)
      for (const [project, { rows, more }] of await spansOfSegment(engine, spans, projects))
        tell(project, { name: 'spans', data: { spans: rows, more } });
    if (scores)
      for (const [project, { rows, more }] of await scoresOfSegment(engine, scores, projects))
        tell(project, { name: 'scores', data: { scores: rows, more } });
  }

  return {
    subscribe(project, listener) {
      const others = listeners.get(project) ?? new Set();
      listeners.set(project, others.add(listener));
      return () => {
        others.delete(listener);
        if (others.size === 0 && listeners.get(project) === others) listeners.delete(project);
      };
    },

    onLoaded({ tables }) {
      if (listeners.size === 0) return undefined;
      const written = (name: string) => tables.find((table) => table.name === name && table.rows > 0);
      const [spans, scores] = [written('spans'), written('scores')];
      return spans || scores ? tellOf({ ...(spans && { spans }), ...(scores && { scores }) }) : undefined;
    },
  };
}
