import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { problem } from '../contract/problem.ts';
import { SCORE_SORTS, scoreList } from '../contract/score.ts';
import { allowOrigin, answerPreflights } from '../http/cross-origin.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import type { AcceptScores, GivenScore } from '../ingest/accept-scores.ts';
import { MAX_CURSOR_LENGTH } from '../query/cursor.ts';
import { projectScope } from '../query/project-scope.ts';
import { listScores } from '../query/scores/list-scores.ts';
import { numberQuery } from './number-query.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

/** Maximum number of scores in one request. */
const MAX_SCORES = 1000;
const MAX_BODY_BYTES = 4 << 20;
const MAX_METADATA_LENGTH = 64 << 10;

const id = z.string().min(1).max(800);
const label = z.string().max(500);

/** Many clients write null for absent values. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const scoreInput = z
  .object({
    id: z
      .string()
      .min(1)
      .max(200)
      .nullish()
      .describe(
        'A score with the same id is replaced. Without an id, target, name, source and evaluator identify a score.',
      ),
    traceId: id.nullish(),
    spanId: id.nullish().describe('Requires `traceId`'),
    sessionId: id.nullish().describe('Use instead of `traceId`'),
    name: z.string().min(1).max(200),
    value: z
      .union([z.number(), z.string().min(1).max(500), z.boolean()])
      .describe('A number, a category, or true or false'),
    label: label.nullish().describe('Meaning of a number in words'),
    unit: label.nullish(),
    source: label
      .min(1)
      .nullish()
      .describe('Origin of the score: `human`, `code`, `llm` or a name of your own. Default: `api`'),
    evaluator: label.nullish(),
    comment: z.string().max(10_000).nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish().describe('At most 64 kB of JSON'),
    createdAt: timeQuery.nullish().describe('ISO 8601. Default: the time at which the score first arrived'),
  })
  .strict()
  .refine(({ traceId, sessionId }) => isAbsent(traceId) !== isAbsent(sessionId), {
    message: 'expected either traceId or sessionId',
  })
  .refine(({ traceId, spanId }) => isAbsent(spanId) || !isAbsent(traceId), {
    message: 'spanId requires traceId',
  })
  .refine(({ metadata }) => JSON.stringify(metadata ?? null).length <= MAX_METADATA_LENGTH, {
    message: 'metadata is longer than 64 kB',
  });

const body = z
  .preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(scoreInput).min(1).max(MAX_SCORES))
  .describe('One score, or a list of at most 1,000');

const accepted = z.object({ scores: z.array(z.object({ id: z.string() })) });

const errors = { 400: problem, 413: problem, 422: problem, 429: problem, 500: problem, 503: problem };

export interface ScoreRoutesParts {
  readonly engine: Engine;
  readonly acceptScores: AcceptScores;
  /** Origins whose pages may send scores. */
  readonly corsOrigins: readonly string[];
}

export const scoreRoutes: FastifyPluginAsyncZod<ScoreRoutesParts> = async (app, parts) => {
  const { engine, acceptScores, corsOrigins } = parts;
  answerPreflights(app, '/scores', { method: 'POST', origins: corsOrigins });

  app.post(
    '/scores',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { crossOrigin: true },
      schema: {
        operationId: 'postScores',
        tags: ['scores'],
        summary: 'Add scores to spans, traces or sessions',
        description:
          'The response is sent once the scores are on disk. Scores can arrive before their trace. A score with the same ' +
          'target, name, source and evaluator (or the same `id`) replaces the earlier one, so requests can be repeated.',
        querystring: projectQuery,
        body,
        response: { 200: accepted, ...errors },
      },
    },
    async (request, reply) => {
      allowOrigin(request, reply, corsOrigins);
      const ids = await acceptScores(projectOf(request), request.body.map(toGivenScore));
      return { scores: ids.map((scoreId) => ({ id: scoreId })) };
    },
  );

  app.get(
    '/scores',
    {
      schema: {
        operationId: 'listScores',
        tags: ['scores'],
        summary: 'Scores of a project, most recently changed first',
        querystring: projectQuery.extend({
          traceId: id.optional(),
          spanId: id.optional(),
          sessionId: id.optional(),
          name: z.string().max(200).optional(),
          source: label.optional(),
          evaluator: label.optional(),
          value: z
            .string()
            .max(500)
            .optional()
            .describe('A category, or `true` or `false`. For numbers use `min` and `max`.'),
          min: numberQuery.describe('Smallest number, inclusive.'),
          max: numberQuery.describe('Largest number, inclusive.'),
          sort: z.enum(SCORE_SORTS).default('-updatedAt').describe('A minus means descending order.'),
          from: timeQuery.describe('Scores created at or after this time, ISO 8601'),
          to: timeQuery.describe('Scores created before this time, ISO 8601'),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
          cursor: z.string().max(MAX_CURSOR_LENGTH).optional().describe('`nextCursor` of the previous page'),
        }),
        response: { 200: scoreList, ...errors },
      },
    },
    async (request, reply) => {
      const { from, to, project: _project, ...rest } = request.query;
      return listScores(projectScope(engine, projectOf(request)), {
        ...rest,
        fromNs: from,
        toNs: to,
        signal: disconnectSignal(reply),
      });
    },
  );
};

function toGivenScore(input: z.output<typeof scoreInput>): GivenScore {
  const { traceId, spanId, sessionId, metadata } = input;
  return {
    id: input.id ?? undefined,
    traceId: lowerHex(traceId ?? '', 32),
    spanId: lowerHex(spanId ?? '', 16),
    sessionId: sessionId ?? '',
    name: input.name,
    value: input.value,
    label: input.label ?? undefined,
    unit: input.unit ?? undefined,
    source: input.source ?? 'api',
    evaluator: input.evaluator ?? undefined,
    comment: input.comment ?? undefined,
    metadata: isAbsent(metadata) ? undefined : JSON.stringify(metadata),
    createdUnixNano: input.createdAt ?? undefined,
  };
}

/** Ids of OpenTelemetry are stored in lower case. Other ids are stored as they are. */
function lowerHex(text: string, length: number): string {
  return text.length === length && /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text;
}
