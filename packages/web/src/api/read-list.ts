import { answerOf, api } from './client.ts';
import type { paths } from './schema.generated.d.ts';
import type { ListedSpan, Score, SessionSummary, TraceSummary, UserSummary } from './types.ts';

/** The parameters of a list that the pages have in common. `sort` is one of the orders of the route. */
export interface ListRequest {
  readonly project: string;
  readonly from: string;
  readonly to?: string;
  readonly sort?: string;
  readonly q?: string;
  readonly columns?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface ReadPage<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

type ReadList<Row> = (
  request: ListRequest,
  limit: number,
  cursor: string | null,
  signal?: AbortSignal,
) => Promise<ReadPage<Row>>;

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;

/** The server checks `sort` and `fields` again, so their types are not repeated here. */
function queryOf<Q>({ fields, ...request }: ListRequest, limit: number, cursor: string | null): Q {
  return { ...request, ...fields, limit, ...(cursor === null ? {} : { cursor }) } as Q;
}

const options = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

export const readTraces: ReadList<TraceSummary> = async (request, limit, cursor, signal) => {
  const query = queryOf<Query<'/api/v1/traces'>>(request, limit, cursor);
  const page = await answerOf(api.GET('/api/v1/traces', { params: { query }, ...options(signal) }));
  return { rows: page.traces, nextCursor: page.nextCursor };
};

export const readSpans: ReadList<ListedSpan> = async (request, limit, cursor, signal) => {
  const query = queryOf<Query<'/api/v1/spans'>>(request, limit, cursor);
  const page = await answerOf(api.GET('/api/v1/spans', { params: { query }, ...options(signal) }));
  return { rows: page.spans, nextCursor: page.nextCursor };
};

export const readSessions: ReadList<SessionSummary> = async (request, limit, cursor, signal) => {
  const query = queryOf<Query<'/api/v1/sessions'>>(request, limit, cursor);
  const page = await answerOf(api.GET('/api/v1/sessions', { params: { query }, ...options(signal) }));
  return { rows: page.sessions, nextCursor: page.nextCursor };
};

export const readUsers: ReadList<UserSummary> = async (request, limit, cursor, signal) => {
  const query = queryOf<Query<'/api/v1/users'>>(request, limit, cursor);
  const page = await answerOf(api.GET('/api/v1/users', { params: { query }, ...options(signal) }));
  return { rows: page.users, nextCursor: page.nextCursor };
};

export const readScores: ReadList<Score> = async (request, limit, cursor, signal) => {
  const query = queryOf<Query<'/api/v1/scores'>>(request, limit, cursor);
  const page = await answerOf(api.GET('/api/v1/scores', { params: { query }, ...options(signal) }));
  return { rows: page.scores, nextCursor: page.nextCursor };
};
