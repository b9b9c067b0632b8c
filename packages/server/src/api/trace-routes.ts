import { formatConclusion, formatTraceTree, type ProjectPrices } from '@throughline/spans';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { conclusion as conclusionSchema } from '../contract/conclusion.ts';
import { sortOf } from '../contract/score-sort.ts';
import { spanDetail } from '../contract/span.ts';
import { timeZoneQuery } from '../contract/time-zone.ts';
import { TRACE_SORTS, trace, traceList, traceVolume as traceVolumeSchema } from '../contract/trace.ts';
import { traceConversation } from '../contract/trace-conversation.ts';
import { fieldValues } from '../contract/values.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { prefersText } from '../http/accept.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { parseColumns } from '../query/attribute-columns.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { projectScope } from '../query/project-scope.ts';
import { getSpan } from '../query/spans/get-span.ts';
import { concludeFound, conclusionJson } from '../query/traces/conclude.ts';
import { getTrace, parseSpans, traceJson } from '../query/traces/get-trace.ts';
import { listTraces } from '../query/traces/list-traces.ts';
import { readTraceConversation } from '../query/traces/trace-conversation.ts';
import { traceValues } from '../query/traces/trace-values.ts';
import { traceVolume } from '../query/traces/volume.ts';
import { columnsQuery, cursorQuery, filterQuery, listErrors, valuesQuery } from './list-query.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

/** Clients choose their ids: hex of OpenTelemetry, UUIDs or free text. */
const id = z.string().min(1).max(800);

/** The JSON of larger traces is passed on without being parsed, so that it does not delay other requests. */
const MAX_CONCLUDED_SPANS = 20_000;

const range = projectQuery.extend({
  q: filterQuery,
  from: timeQuery.describe('Traces that started at or after this time, ISO 8601'),
  to: timeQuery.describe('Traces that started before this time, ISO 8601'),
});

const listQuery = range.extend({
  sort: sortOf(TRACE_SORTS, 'Traces without the value are last.').default('-startTime'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  columns: columnsQuery,
  cursor: cursorQuery.describe('`nextCursor` of the previous page'),
});

export interface TraceRoutesParts {
  readonly engine: Engine;
  /** The current time as it is stored with spans that arrive now, nanoseconds since 1970. */
  readonly now: () => bigint;
  /** The prices that a project has set, for the calculation of costs. Undefined if it has none. */
  readonly pricesOf: (project: string) => ProjectPrices | undefined;
}

export const traceRoutes: FastifyPluginAsyncZod<TraceRoutesParts> = async (app, parts) => {
  const { engine, now, pricesOf } = parts;

  app.get(
    '/traces',
    {
      schema: {
        operationId: 'listTraces',
        tags: ['traces'],
        summary: 'Traces of a project, newest first',
        description:
          'Follow `nextCursor` until it is null. Pages sorted by time are stable while spans arrive. Any other order ' +
          'reads every trace in the range, so set `from` if there are many, and a trace whose value ' +
          'changes between two pages may move from one to the other.',
        querystring: listQuery,
        response: { 200: traceList, ...listErrors },
      },
    },
    async (request, reply) => {
      const { q, from, to, sort, limit, cursor, columns } = request.query;
      return listTraces(projectScope(engine, projectOf(request)), {
        filter: readFilter(q),
        fromNs: from,
        toNs: to,
        sort,
        limit,
        cursor,
        columns: parseColumns(columns),
        asOfNs: now(),
        signal: disconnectSignal(reply),
      });
    },
  );

  app.get(
    '/traces/summary',
    {
      schema: {
        operationId: 'getTraceVolume',
        tags: ['traces'],
        summary: 'Number of traces over time, with errors, durations and cost',
        querystring: range.extend({
          buckets: z.coerce.number().int().min(1).max(500).default(60).describe('Maximum number of buckets'),
          timeZone: timeZoneQuery,
        }),
        response: { 200: traceVolumeSchema, ...listErrors },
      },
    },
    async (request, reply) => {
      const { q, from, to, buckets, timeZone } = request.query;
      const signal = disconnectSignal(reply);
      return traceVolume(projectScope(engine, projectOf(request)), {
        filter: readFilter(q),
        fromNs: from,
        toNs: to,
        buckets,
        timeZone,
        signal,
      });
    },
  );

  app.get(
    '/traces/values',
    {
      schema: {
        operationId: 'listTraceValues',
        tags: ['traces'],
        summary: 'Values of a field and the number of traces with each',
        description:
          'For completion and facets. Counts only traces that pass `q`. If a field has more than 200,000 different ' +
          'values in the range, some of the rare ones may be missing.',
        querystring: range.extend(valuesQuery),
        response: { 200: fieldValues, ...listErrors },
      },
    },
    async (request, reply) => {
      const { field, prefix, q, from, to, limit } = request.query;
      return traceValues(projectScope(engine, projectOf(request)), {
        field,
        prefix,
        filter: readFilter(q),
        fromNs: from,
        toNs: to,
        limit,
        signal: disconnectSignal(reply),
      });
    },
  );

  app.get(
    '/traces/:traceId',
    {
      schema: {
        operationId: 'getTrace',
        tags: ['traces'],
        summary: 'A trace with all its spans, sorted by start',
        description:
          'With `Accept: text/plain`, the response is the conclusion and the tree as text. At most 100,000 spans are returned; `spanCount` is the full number.',
        params: z.object({ traceId: id }),
        querystring: projectQuery.extend({
          conclusion: z
            .enum(['true', 'false'])
            .default('true')
            .describe(
              '`false` leaves out the conclusion of a JSON response, which saves time for large traces.',
            ),
        }),
        response: { 200: trace, ...listErrors },
      },
    },
    async (request, reply) => {
      const { traceId } = request.params;
      const project = projectOf(request);
      const scope = projectScope(engine, project);
      const signal = disconnectSignal(reply);
      const found = await getTrace(scope, traceId, signal);
      if (!found) throw notFound('trace-not-found', `trace "${traceId}"`, project);
      reply.header('vary', 'accept');
      // Text and serialised JSON do not have the type of the schema, but the JSON has its shape.
      const send = (body: string | Buffer) => reply.send(body as never);
      if (prefersText(request.headers.accept)) {
        reply.type('text/plain; charset=utf-8');
        const spans = parseSpans(found);
        const usedOf = new Map(found.usedDocuments.map(({ spanId, count }) => [spanId, count]));
        const lines = spans.map((span) => ({ ...span, usedDocumentCount: usedOf.get(span.spanId) ?? null }));
        const conclusion = formatConclusion(await concludeFound(scope, found, spans, now(), { signal }));
        return send(`${conclusion && `${conclusion}\n\n`}${formatTraceTree(lines)}\n`);
      }
      reply.type('application/json; charset=utf-8');
      const isConcluded =
        request.query.conclusion === 'true' && found.summary.spanCount <= MAX_CONCLUDED_SPANS;
      const conclusion = isConcluded
        ? conclusionJson(await concludeFound(scope, found, parseSpans(found), now(), { signal }))
        : null;
      return send(traceJson(found, conclusion));
    },
  );

  app.get(
    '/traces/:traceId/conclusion',
    {
      schema: {
        operationId: 'getTraceConclusion',
        tags: ['traces'],
        summary: 'What happened in a trace, in a few sentences',
        description:
          'Says where the time and the money went, what failed and what came of it, and whether the best document reached ' +
          'the model. For traces of any size.',
        params: z.object({ traceId: id }),
        querystring: projectQuery,
        response: { 200: conclusionSchema, ...listErrors },
      },
    },
    async (request, reply) => {
      const { traceId } = request.params;
      const project = projectOf(request);
      const scope = projectScope(engine, project);
      const signal = disconnectSignal(reply);
      const found = await getTrace(scope, traceId, signal);
      if (!found) throw notFound('trace-not-found', `trace "${traceId}"`, project);
      return conclusionJson(await concludeFound(scope, found, parseSpans(found), now(), { signal }));
    },
  );

  app.get(
    '/traces/:traceId/conversation',
    {
      schema: {
        operationId: 'getTraceConversation',
        tags: ['traces'],
        summary: 'What the user, the models and the tools of a trace said',
        description:
          'Each message once, although agents send the whole conversation with every call. The call and the result of a ' +
          'tool that has a span are in one entry of the type `tool`. Follow `nextCursor` until it is null.',
        params: z.object({ traceId: id }),
        querystring: projectQuery.extend({
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(50)
            .default(40)
            .describe('Maximum number of model and tool calls'),
          cursor: cursorQuery.describe('`nextCursor` of the previous page'),
        }),
        response: { 200: traceConversation, ...listErrors },
      },
    },
    async (request, reply) => {
      const { traceId } = request.params;
      const { limit, cursor } = request.query;
      const project = projectOf(request);
      const signal = disconnectSignal(reply);
      const found = await readTraceConversation(projectScope(engine, project), traceId, {
        limit,
        cursor,
        signal,
      });
      if (!found) throw notFound('trace-not-found', `trace "${traceId}"`, project);
      return found;
    },
  );

  app.get(
    '/traces/:traceId/spans/:spanId',
    {
      schema: {
        operationId: 'getSpan',
        tags: ['traces'],
        summary: 'A span with its content and all its attributes, events and links',
        params: z.object({ traceId: id, spanId: id }),
        querystring: projectQuery,
        response: { 200: spanDetail, ...listErrors },
      },
    },
    async (request, reply) => {
      const { traceId, spanId } = request.params;
      const project = projectOf(request);
      const found = await getSpan(
        projectScope(engine, project),
        traceId,
        spanId,
        disconnectSignal(reply),
        pricesOf(project),
      );
      if (!found) throw notFound('span-not-found', `span "${spanId}" of trace "${traceId}"`, project);
      return found;
    },
  );
};

function notFound(
  code: 'trace-not-found' | 'span-not-found',
  what: string,
  project: string,
): ThroughlineError {
  return new ThroughlineError(
    code,
    `There is no ${what} in project "${project}". New spans are readable about a second after they are acknowledged.`,
  );
}
