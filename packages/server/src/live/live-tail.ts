import type { Filter } from '@throughline/spans';
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
import { matchingSpansOfSegment, scoresOfSegment, spansOfSegment } from './segment-rows.ts';

type Listener = (message: LiveMessage) => void;

export interface LiveTail {
  /** Listens to all spans and scores of a project. Returns a function that ends the subscription. */
  subscribe(project: string, listener: Listener): () => void;
  /** Listens to the spans that match a filter. Scores are not sent. Listeners with an equal `key` share the queries. */
  subscribeMatching(project: string, filter: LiveFilter, listener: Listener): () => void;
  /** Called by the loader, which keeps the files until the promise settles. Undefined if nobody listens. */
  onLoaded(segment: LoadedSegment): Promise<void> | undefined;
  /** Sends finished traces to those who listen to their projects. Rejects if the store fails. */
  onFinished(traces: readonly FinishedTrace[]): Promise<void>;
}

/** A filter for spans. The key is its text. */
export interface LiveFilter {
  readonly key: string;
  readonly filter: Filter;
}

/** Listeners of one project with the same filter. */
interface FilteredGroup {
  readonly project: string;
  readonly filter: Filter;
  readonly listeners: Set<Listener>;
}

export interface LiveTailParts {
  readonly engine: Engine;
  /** The rows of a loaded segment could not be read in time. The listeners got the event `lagged`. */
  readonly onSkipped: (error: unknown) => void;
}

/** Sends committed rows to listeners. They are read from the files of the segment, and only while somebody listens. */
export function createLiveTail({ engine, onSkipped }: LiveTailParts): LiveTail {
  const listeners = new Map<string, Set<Listener>>();
  const filtered = new Map<string, FilteredGroup>();
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

  async function publishMatching(table: LoadedTable): Promise<void> {
    for (const group of [...filtered.values()]) {
      const send = (message: LiveMessage) => {
        for (const listener of group.listeners) listener(message);
      };
      try {
        const found = await matchingSpansOfSegment(engine, table, group.project, group.filter);
        if (found) send(spansMessage(found.rows, found.more));
      } catch (error) {
        onSkipped(error);
        send(laggedMessage({ spans: null, scores: null }));
      }
    }
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
    if (spans && projects.length > 0) await orLagged(publishSpans(spans, projects), projects);
    if (scores && projects.length > 0) await orLagged(publishScores(scores, projects), projects);
    if (spans) await publishMatching(spans);
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

    subscribeMatching(project, { key, filter }, listener) {
      const id = JSON.stringify([project, key]);
      const group = filtered.get(id) ?? { project, filter, listeners: new Set() };
      filtered.set(id, group);
      group.listeners.add(listener);
      return () => {
        group.listeners.delete(listener);
        if (group.listeners.size === 0 && filtered.get(id) === group) filtered.delete(id);
      };
    },

    onLoaded({ tables }) {
      if (listeners.size === 0 && filtered.size === 0) return undefined;
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
