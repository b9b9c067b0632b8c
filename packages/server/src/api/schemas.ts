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
  /** A number, a category, or yes and no. */
  value: z.union([z.number(), z.string(), z.boolean()]),
  /** What a number means in words: `pass`, `relevant`. */
  label: z.string().nullable(),
  unit: z.string().nullable(),
  /** The span that was judged; null where it was the whole trace or a session. */
  spanId: z.string().nullable(),
  /** Who judged: `human`, `code`, `llm`, `api`, `otel`, or what the client says. */
  source: z.string(),
  evaluator: z.string().nullable(),
});

export const score = scoreSummary.extend({
  id: z.string(),
  /** Null where a session was judged. */
  traceId: z.string().nullable(),
  sessionId: z.string().nullable(),
  comment: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export const scoreList = z.object({ scores: z.array(score), nextCursor: z.string().nullable() });

export const traceSummary = z.object({
  traceId: z.string(),
  /** Of the root, else of the earliest span. */
  name: z.string(),
  startTime: timestamp,
  /** From the first start to the last end; null while nothing has ended. */
  durationMs: z.number().nullable(),
  /** `error` if the root failed, or where there is no root any span. */
  status,
  spanCount: z.int(),
  errorCount: z.int(),
  /** Sums over model, embedding and rerank calls; null where no call reported any. */
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  /** Null where no call has a known price. */
  costUsd: z.number().nullable(),
  /** True where some model call has tokens but no price: the sum is then a lower bound. */
  costIncomplete: z.boolean(),
  /** Most expensive first. */
  models: z.array(z.string()),
  services: z.array(z.string()),
  environment: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  feature: z.string().nullable(),
  tags: z.array(z.string()),
  /** First 200 characters. */
  inputPreview: z.string().nullable(),
  outputPreview: z.string().nullable(),
  /** Of the trace and of its spans, those of the trace first; at most 20 in a list, 1,000 in a trace. */
  scores: z.array(scoreSummary),
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
  /** Null while the span is running. */
  durationMs: z.number().nullable(),
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
  /** Whether tokens and cost of this span are part of the trace's sums. */
  counted: z.boolean(),
  ttftMs: z.number().nullable(),
  toolName: z.string().nullable(),
  agentName: z.string().nullable(),
  documentCount: z.int().nullable(),
  inputDocumentCount: z.int().nullable(),
});

export const trace = traceSummary.extend({ spans: z.array(spanSummary) });

/** What a page shows above the list: a small histogram and the figures of the range. */
export const traceVolume = z.object({
  from: timestamp,
  to: timestamp,
  bucketSeconds: z.int(),
  /** Every bucket of the range in order, empty ones too; the first may begin before `from`. */
  buckets: z.array(z.object({ startTime: timestamp, traces: z.int(), errors: z.int() })),
  /** Traces that began in the range. */
  traces: z.int(),
  errors: z.int(),
  /** 0 to 1; null without traces. */
  errorRate: z.number().nullable(),
  p50DurationMs: z.number().nullable(),
  p95DurationMs: z.number().nullable(),
  /** Null where nothing has a known price. */
  costUsd: z.number().nullable(),
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
});

export const spanDetail = spanSummary.extend({
  traceId: z.string(),
  otelKind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  endTime: timestamp.nullable(),
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
  /** Rarer classes of tokens by name. */
  tokenDetails: z.record(z.string(), z.int()),
  inputCostUsd: z.number().nullable(),
  outputCostUsd: z.number().nullable(),
  costDetails: z.record(z.string(), z.number()),
  /** `reported`, or the price table and its version. */
  costSource: z.string().nullable(),

  input: typedText.nullable(),
  output: typedText.nullable(),
  inputMessages: z.array(message).nullable(),
  outputMessages: z.array(message).nullable(),
  toolDefinitions: z.array(z.unknown()).nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  /** What a retriever found or a reranker kept. */
  documents: z.array(document).nullable(),
  retrieval: z
    .object({
      query: z.string().nullable(),
      topK: z.int().nullable(),
      /** What went into a reranker. */
      inputDocuments: z.array(document).nullable(),
    })
    .nullable(),
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
  /** Of histograms, in the range; of a cumulative series all since its client started. */
  count: z.int().nullable(),
  /** The same of the values; of a gauge the last one. */
  sum: z.number().nullable(),
  /** How many points there are in the range. */
  points: z.int(),
  firstTime: timestamp,
  lastTime: timestamp,
});

export const metricSeriesList = z.object({ series: z.array(metricSeries) });

/** With `bucketCounts`, `explicitBounds`, `scale`, `exemplars` and the like, as the point has them. */
export const metricPoint = z.looseObject({
  startTime: timestamp.nullable(),
  time: timestamp,
  count: z.int().nullable(),
  /** Of a histogram, or the value of a sum or gauge. */
  sum: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
});

export const metricPointList = z.object({ points: z.array(metricPoint) });

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
export type LiveEvent = z.infer<typeof liveEvent>;
export type Problem = z.infer<typeof problem>;
