import type { Engine } from '../clickhouse/engine.ts';
import { type FinishedTrace, finishedOfProject } from './finished-traces.ts';
import {
  finishedMessage,
  type LiveMessage,
  laggedMessage,
  scoresMessage,
  spansMessage,
} from './live-message.ts';
import type { LoadedSegment, LoadedTable } from './loaded-segment.ts';
import { scoresOfSegment, spansOfSegment } from './segment-rows.ts';

type Listener = (message: LiveMessage) => void;

export interface LiveTail {
  /** Returns a function that ends the subscription. */
  subscribe(project: string, listener: Listener): () => void;
  /** Called by the loader, which keeps the files until the promise settles. Undefined if nobody listens. */
  onLoaded(segment: LoadedSegment): Promise<void> | undefined;
  /** Sends finished traces to those who listen to their projects. Rejects if the store fails. */
  onFinished(traces: readonly FinishedTrace[]): Promise<void>;
}

export interface LiveTailParts {
  readonly engine: Engine;
  /** The rows of a loaded segment could not be read in time. The listeners got the event `lagged`. */
  readonly onSkipped: (error: unknown) => void;
}

/** Sends committed rows to listeners. They are read from the files of the segment, and only while somebody listens. */
export function createLiveTail({ engine, onSkipped }: LiveTailParts): LiveTail {
  const listeners = new Map<string, Set<Listener>>();
  const publish = (project: string, message: LiveMessage) => {
    for (const listener of listeners.get(project) ?? []) listener(message);
  };

  async function publishSpans(table: LoadedTable, projects: readonly string[]): Promise<void> {
    for (const [project, { rows, more }] of await spansOfSegment(engine, table, projects))
      publish(project, spansMessage(rows, more));
  }

  async function publishScores(table: LoadedTable, projects: readonly string[]): Promise<void> {
    for (const [project, { rows, more }] of await scoresOfSegment(engine, table, projects))
      publish(project, scoresMessage(rows, more));
  }

  /** If rows cannot be read, all listeners are notified, because it is unknown which projects have rows in the segment. */
  async function orLagged(publishing: Promise<void>, projects: readonly string[]): Promise<void> {
    try {
      await publishing;
    } catch (error) {
      onSkipped(error);
      const lagged = laggedMessage({ spans: null, scores: null });
      for (const project of projects) publish(project, lagged);
    }
  }

  async function publishSegment(spans?: LoadedTable, scores?: LoadedTable): Promise<void> {
    const projects = [...listeners.keys()];
    // Both tables are readable now. Spans are first, because a page requests the trace before it shows its score.
    if (spans) await orLagged(publishSpans(spans, projects), projects);
    if (scores) await orLagged(publishScores(scores, projects), projects);
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
      return spans || scores ? publishSegment(spans, scores) : undefined;
    },

    async onFinished(traces) {
      for (const [project, finished] of Map.groupBy(traces, (trace) => trace.project)) {
        if (!listeners.has(project)) continue;
        const { rows, more } = await finishedOfProject(engine, project, finished);
        publish(project, finishedMessage(rows, more));
      }
    },
  };
}
