import type { LiveEvent } from '../api/schemas.ts';
import { API_SETTINGS, SPAN_SUMMARY_FIELDS } from '../query/span-summary.ts';
import type { Engine } from '../store/engine.ts';
import { compile, sql } from '../store/sql.ts';

/** Rows that have just been loaded, still in their file. The journal's sealed segment is one. */
export interface LoadedSegment {
  readonly tables: readonly {
    readonly name: string;
    readonly path: string;
    readonly rows: number;
    readonly structure: string;
  }[];
}

export interface LiveTail {
  /** Gives the unsubscriber. */
  subscribe(project: string, listener: (event: LiveEvent) => void): () => void;
  /** For the loader: the files must stay until the promise is settled. Undefined if nobody listens. */
  onLoaded(segment: LoadedSegment): Promise<void> | undefined;
}

const MAX_SPANS = 500;
/** The loader waits for us; a segment that takes longer to read is not shown. */
const MAX_SECONDS = 2;

type LiveSpan = LiveEvent['spans'][number];

interface Row extends LiveSpan {
  readonly project: string;
  readonly inSegment: number;
}

/** What was committed, for those who watch: read from the segment's file, and only while somebody listens. */
export function createLiveTail(engine: Pick<Engine, 'queryFile'>): LiveTail {
  const listeners = new Map<string, Set<(event: LiveEvent) => void>>();
  return {
    subscribe(project, listener) {
      const others = listeners.get(project) ?? new Set();
      listeners.set(project, others.add(listener));
      return () => {
        others.delete(listener);
        if (others.size === 0 && listeners.get(project) === others) listeners.delete(project);
      };
    },

    onLoaded(segment) {
      const spans = segment.tables.find((table) => table.name === 'spans');
      if (!spans || spans.rows === 0 || listeners.size === 0) return undefined;
      return (async () => {
        for (const [project, event] of await readEvents(engine, spans, [...listeners.keys()])) {
          for (const listener of listeners.get(project) ?? []) listener(event);
        }
      })();
    },
  };
}

/** One event for each of the projects that the segment has spans of. */
async function readEvents(
  engine: Pick<Engine, 'queryFile'>,
  table: LoadedSegment['tables'][number],
  projects: readonly string[],
): Promise<Map<string, LiveEvent>> {
  const rows = await engine.queryFile<Row>(
    table,
    ...compile(sql`
    SELECT ${SPAN_SUMMARY_FIELDS}, trace_id AS traceId, nullIf(user_id, '') AS userId,
      nullIf(session_id, '') AS sessionId, project, count() OVER (PARTITION BY project) AS inSegment
    FROM segment
    WHERE project IN ${projects}
    ORDER BY start DESC
    LIMIT ${MAX_SPANS} BY project
    ${API_SETTINGS}`),
    { maxSeconds: MAX_SECONDS },
  );
  const events = new Map<string, LiveEvent>();
  for (const { project, inSegment, ...span } of rows) {
    const event = events.get(project) ?? { spans: [], more: 0 };
    events.set(project, event);
    event.spans.push(span);
    event.more = inSegment - event.spans.length;
  }
  // Chosen newest first, told in the order they happened.
  for (const event of events.values()) event.spans.reverse();
  return events;
}
