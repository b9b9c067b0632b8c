import { z } from 'zod';
import { scoreSummary } from './score.ts';
import { spanSummary } from './span.ts';
import { status, timestamp } from './values.ts';

/** Orders in which traces can be listed; `-` means descending. */
export const TRACE_SORTS = [
  '-startTime',
  'startTime',
  '-durationMs',
  '-costUsd',
  '-inputTokens',
  '-totalTokens',
  '-spanCount',
] as const;
export type TraceSort = (typeof TRACE_SORTS)[number];

export const traceSummary = z.object({
  traceId: z.string(),
  name: z.string().describe('Of the root, else of the earliest span.'),
  startTime: timestamp,
  durationMs: z
    .number()
    .nullable()
    .describe(
      'From the first start to the last end, or to the last start if that is later: of a running trace a lower bound. Null while only one moment is known.',
    ),
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

export type TraceSummary = z.infer<typeof traceSummary>;
export type Trace = z.infer<typeof trace>;
export type TraceVolume = z.infer<typeof traceVolume>;
