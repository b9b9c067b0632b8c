/**
 * The shapes of the public API, `/api/v1`. The OpenAPI document, the web application's types and the checks of
 * what routes answer all derive from here.
 * camelCase, units in names, times ISO 8601 with nanoseconds. Absent values are `null`, never 0.
 */
import { SPAN_KINDS } from '@throughline/spans';
import { z } from 'zod';

/** `2026-11-20T10:00:00.123456789Z` */
export const timestamp = z.string().describe('ISO 8601, UTC, nanoseconds where known');

const status = z.enum(['unset', 'ok', 'error']);

/** Typed values of OTLP as plain JSON; int64 beyond ±(2^53−1) as a decimal string, bytes as base64. */
const attributes = z.record(z.string(), z.unknown());

/** A score where a trace or a list shows it. */
export const scoreSummary = z.object({
  name: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]).describe('A number, a category, or yes and no.'),
  label: z.string().nullable().describe('What a number means in words: `pass`, `relevant`.'),
  unit: z.string().nullable(),
  spanId: z
    .string()
    .nullable()
    .describe('The span that was judged; null where it was the whole trace or a session.'),
  source: z.string().describe('Who judged: `human`, `code`, `llm`, `api`, `otel`, or what the client says.'),
  evaluator: z.string().nullable(),
});

export const score = scoreSummary.extend({
  id: z.string(),
  traceId: z.string().nullable().describe('Null where a session was judged.'),
  sessionId: z.string().nullable(),
  comment: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export const scoreList = z.object({ scores: z.array(score), nextCursor: z.string().nullable() });

export const traceSummary = z.object({
  traceId: z.string(),
  name: z.string().describe('Of the root, else of the earliest span.'),
  startTime: timestamp,
  durationMs: z
    .number()
    .nullable()
    .describe('From the first start to the last end; null while nothing has ended.'),
  running: z.boolean().describe('The root has not ended; where there is no root, some span has not.'),
  status: status.describe('`error` if the root failed, or where there is no root any span.'),
  spanCount: z.int(),
  errorCount: z.int(),
  inputTokens: z
    .int()
    .nullable()
    .describe('Sums over model, embedding and rerank calls; null where no call reported any.'),
  outputTokens: z.int().nullable(),
  costUsd: z.number().nullable().describe('Null where no call has a known price.'),
  costIncomplete: z
    .boolean()
    .describe('True where some model call has tokens but no price: the sum is then a lower bound.'),
  models: z.array(z.string()).describe('Most expensive first.'),
  services: z.array(z.string()),
  environment: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  feature: z.string().nullable(),
  tags: z.array(z.string()),
  inputPreview: z.string().nullable().describe('First 200 characters.'),
  outputPreview: z.string().nullable(),
  scores: z
    .array(scoreSummary)
    .describe(
      'Of the trace and of its spans, those of the trace first; at most 20 in a list, 1,000 in a trace.',
    ),
});

export const traceList = z.object({
  traces: z.array(traceSummary),
  nextCursor: z.string().nullable(),
});

/** One row of the tree: what a page needs to draw it, nothing that is long. */
export const spanSummary = z.object({
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  startTime: timestamp,
  durationMs: z.number().nullable().describe('Null while the span is running.'),
  status,
  statusMessage: z.string().nullable(),
  errorType: z.string().nullable(),
  service: z.string().nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  cacheReadTokens: z.int().nullable(),
  cacheWriteTokens: z.int().nullable(),
  reasoningTokens: z.int().nullable(),
  costUsd: z.number().nullable(),
  counted: z.boolean().describe("Whether tokens and cost of this span are part of the trace's sums."),
  ttftMs: z.number().nullable(),
  toolName: z.string().nullable(),
  agentName: z.string().nullable(),
  documentCount: z.int().nullable(),
  inputDocumentCount: z.int().nullable(),
});

export const trace = traceSummary.extend({
  usedDocuments: z
    .array(z.object({ spanId: z.string(), count: z.int() }))
    .describe(
      'Retrievers and rerankers with documents that an answer was made from, and how many those are. Others have ' +
        'none that were marked.',
    ),
  spans: z.array(spanSummary),
});

/** What a page shows above the list: a small histogram and the figures of the range. */
export const traceVolume = z.object({
  from: timestamp,
  to: timestamp,
  bucketSeconds: z.int(),
  buckets: z
    .array(z.object({ startTime: timestamp, traces: z.int(), errors: z.int() }))
    .describe('Every bucket of the range in order, empty ones too; the first may begin before `from`.'),
  traces: z.int().describe('Traces that began in the range.'),
  errors: z.int(),
  errorRate: z.number().nullable().describe('0 to 1; null without traces.'),
  p50DurationMs: z.number().nullable(),
  p95DurationMs: z.number().nullable(),
  costUsd: z.number().nullable().describe('Null where nothing has a known price.'),
});

const messagePart = z.looseObject({ type: z.string() });

/** The shape of OpenTelemetry's `gen_ai.input.messages`. */
export const message = z.looseObject({
  role: z.string(),
  name: z.string().optional(),
  parts: z.array(messagePart),
  finish_reason: z.string().optional(),
});

const typedText = z.object({ text: z.string(), mimeType: z.string().nullable() });

export const document = z.object({
  id: z.string().nullable(),
  content: z.string().nullable(),
  score: z.number().nullable(),
  metadata: z.unknown(),
  used: z.boolean().describe('Whether a span of the trace says that its answer was made from this document.'),
});

export const spanDetail = spanSummary.extend({
  traceId: z.string(),
  otelKind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  endTime: timestamp.nullable(),
  otelStatus: z
    .object({ code: status, message: z.string() })
    .describe('As it was sent. `status` is `error` for a recorded exception too.'),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  feature: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  tags: z.array(z.string()),
  operation: z.string().nullable(),
  requestModel: z.string().nullable(),
  responseId: z.string().nullable(),
  finishReasons: z.array(z.string()),
  workflowName: z.string().nullable(),
  promptName: z.string().nullable(),
  promptVersion: z.string().nullable(),
  tokenDetails: z.record(z.string(), z.int()).describe('Rarer classes of tokens by name.'),
  inputCostUsd: z.number().nullable(),
  outputCostUsd: z.number().nullable(),
  costDetails: z.record(z.string(), z.number()),
  costSource: z.string().nullable().describe('`reported`, or the price table and its version.'),

  input: typedText.nullable(),
  output: typedText.nullable(),
  inputMessages: z.array(message).nullable(),
  outputMessages: z.array(message).nullable(),
  toolDefinitions: z.array(z.unknown()).nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  documents: z.array(document).nullable().describe('What a retriever found or a reranker kept.'),
  retrieval: z
    .object({
      query: z.string().nullable(),
      topK: z.int().nullable(),
      inputDocuments: z.array(document).nullable().describe('What went into a reranker.'),
    })
    .nullable(),
  usedDocuments: z
    .array(z.object({ spanId: z.string().nullable(), index: z.int().nullable(), id: z.string().nullable() }))
    .nullable()
    .describe(
      'What this span says that its answer was made from: `index` (from 0) among the documents of span `spanId`, ' +
        'or the id of a document.',
    ),
  embedding: z
    .object({
      texts: z.array(z.string()),
      dimensions: z.int().nullable(),
      count: z.int().nullable(),
    })
    .nullable(),
  tool: z
    .object({
      name: z.string().nullable(),
      callId: z.string().nullable(),
      description: z.string().nullable(),
      type: z.string().nullable(),
      arguments: z.unknown(),
      result: z.unknown(),
      schema: z.unknown(),
    })
    .nullable(),
  prompt: z
    .object({
      name: z.string().nullable(),
      version: z.string().nullable(),
      id: z.string().nullable(),
      template: z.string().nullable(),
      variables: z.unknown(),
    })
    .nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  scores: z.array(score),

  attributes,
  droppedAttributesCount: z.int(),
  events: z.array(
    z.object({
      name: z.string(),
      time: timestamp,
      attributes,
      droppedAttributesCount: z.int(),
    }),
  ),
  droppedEventsCount: z.int(),
  links: z.array(
    z.object({
      traceId: z.string(),
      spanId: z.string(),
      traceState: z.string(),
      attributes,
      droppedAttributesCount: z.int(),
      flags: z.int(),
    }),
  ),
  droppedLinksCount: z.int(),
  resource: z.object({ attributes, droppedAttributesCount: z.int(), schemaUrl: z.string() }),
  scope: z.object({
    name: z.string(),
    version: z.string(),
    attributes,
    droppedAttributesCount: z.int(),
    schemaUrl: z.string(),
  }),
  traceState: z.string(),
  flags: z.int(),
});

export const projectList = z.object({
  projects: z.array(z.object({ name: z.string(), spanCount: z.int(), lastSpanAt: timestamp })),
});

/** A series of data points that a client measured itself. */
export const metricSeries = z.object({
  seriesId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  unit: z.string().nullable(),
  kind: z.enum(['gauge', 'sum', 'histogram', 'exponential-histogram']),
  temporality: z.enum(['unspecified', 'delta', 'cumulative']),
  monotonic: z.boolean(),
  service: z.string().nullable(),
  attributes,
  count: z
    .int()
    .nullable()
    .describe('Of histograms, in the range; of a cumulative series all since its client started.'),
  sum: z.number().nullable().describe('The same of the values; of a gauge the last one.'),
  points: z.int().describe('How many points there are in the range.'),
  firstTime: timestamp,
  lastTime: timestamp,
});

export const metricSeriesList = z.object({ series: z.array(metricSeries) });

/** With `bucketCounts`, `explicitBounds`, `scale`, `exemplars` and the like, as the point has them. */
export const metricPoint = z.looseObject({
  startTime: timestamp.nullable(),
  time: timestamp,
  count: z.int().nullable(),
  sum: z.number().nullable().describe('Of a histogram, or the value of a sum or gauge.'),
  min: z.number().nullable(),
  max: z.number().nullable(),
});

export const metricPointList = z.object({ points: z.array(metricPoint) });

/** Records, or whole requests, that were sent and not kept. */
export const ingestProblem = z.object({
  project: z
    .string()
    .nullable()
    .describe('null: the request does not say, or could not be read so far; shown in every project'),
  signal: z.enum(['traces', 'logs', 'metrics']),
  reason: z
    .string()
    .describe(
      'Of single records why they were refused, such as `invalid-trace-id`; of whole requests the code of the error.',
    ),
  count: z.int().describe('Records, or requests where the request as a whole was refused.'),
  firstTime: timestamp,
  lastTime: timestamp,
  samples: z
    .array(
      z.object({
        message: z.string().describe('What was found and what was expected.'),
        time: timestamp,
        name: z.string().nullable().describe('Of the span, event or metric.'),
        sdk: z.string().nullable().describe('As its resource says: `python opentelemetry 1.38.0`.'),
        userAgent: z.string().nullable(),
      }),
    )
    .describe('The latest, newest first, at most 5.'),
});

export const ingestProblemList = z.object({
  since: timestamp.describe('When the server started to count.'),
  problems: z.array(ingestProblem),
});

/**
 * One server-sent event of `/live`, event name `spans`: spans that became readable since the last event, at most
 * 500 of them; `more` counts those left out.
 */
export const liveEvent = z.object({
  spans: z.array(
    spanSummary.extend({
      traceId: z.string(),
      userId: z.string().nullable(),
      sessionId: z.string().nullable(),
    }),
  ),
  more: z.int(),
});

/**
 * One server-sent event of `/live`, event name `scores`: scores that became readable since the last event, at most 500
 * of them, without what may be long; `more` counts those left out.
 */
export const liveScores = z.object({
  scores: z.array(
    scoreSummary.extend({
      id: z.string(),
      traceId: z.string().nullable(),
      sessionId: z.string().nullable(),
    }),
  ),
  more: z.int(),
});

/** RFC 9457. `type` links to the page of the error code. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
});

export type MetricSeries = z.infer<typeof metricSeries>;
export type MetricPoint = z.infer<typeof metricPoint>;
export type ScoreSummary = z.infer<typeof scoreSummary>;
export type Score = z.infer<typeof score>;
export type TraceSummary = z.infer<typeof traceSummary>;
export type Trace = z.infer<typeof trace>;
export type SpanSummary = z.infer<typeof spanSummary>;
export type SpanDetail = z.infer<typeof spanDetail>;
export type TraceVolume = z.infer<typeof traceVolume>;
export type ProjectList = z.infer<typeof projectList>;
export type IngestProblemList = z.infer<typeof ingestProblemList>;
export type LiveEvent = z.infer<typeof liveEvent>;
export type LiveScores = z.infer<typeof liveScores>;
export type Problem = z.infer<typeof problem>;
