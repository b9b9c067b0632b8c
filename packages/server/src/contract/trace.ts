import { bothDirections, TRACE_SORT_FIELDS } from '@throughline/spans';
import { z } from 'zod';
import { conclusion } from './conclusion.ts';
import { scoreSummary } from './score.ts';
import type { ScoreNameSort } from './score-sort.ts';
import { spanSummary } from './span.ts';
import { unpriced } from './unpriced.ts';
import { columnValues, status, timestamp } from './values.ts';

export type TraceSortField = (typeof TRACE_SORT_FIELDS)[number];
export type TraceSort = TraceSortField | `-${TraceSortField}` | ScoreNameSort;

/** Orders in which traces can be listed; `-` means descending. */
export const TRACE_SORTS: readonly Exclude<TraceSort, ScoreNameSort>[] = bothDirections(TRACE_SORT_FIELDS);

export const traceSummary = z.object({
  traceId: z.string(),
  name: z.string().describe('Name of the root, or of the earliest span if there is no root.'),
  startTime: timestamp,
  durationMs: z
    .number()
    .nullable()
    .describe(
      'Time from the first start to the last end, or to the last start if that is later. A lower bound while the trace is running. Null while only one point in time is known.',
    ),
  running: z
    .boolean()
    .describe('True if the root has not ended or, without a root, if any span has not ended.'),
  status: status.describe('`error` if the root failed or, without a root, if any span failed.'),
  spanCount: z.int(),
  errorCount: z.int(),
  inputTokens: z
    .int()
    .nullable()
    .describe('Totals of the model, embedding and rerank calls; null if no call reported tokens.'),
  outputTokens: z.int().nullable(),
  costUsd: z.number().nullable().describe('Null if no call has a known price.'),
  costIncomplete: z
    .boolean()
    .describe('True if a model call has tokens but no known price; the cost is then a lower bound.'),
  ...unpriced,
  models: z.array(z.string()).describe('Names of the models, most expensive first.'),
  services: z.array(z.string()),
  environment: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  feature: z.string().nullable(),
  tags: z.array(z.string()),
  givenTags: z.array(z.string()).describe('The tags among them that people gave to the trace.'),
  inputPreview: z.string().nullable().describe('The first 200 characters of the input.'),
  outputPreview: z.string().nullable(),
  scores: z
    .array(scoreSummary)
    .describe(
      'Scores of the trace and of its spans, those of the trace first; at most 20 in a list, 1,000 in a trace.',
    ),
});

/** A passage in the content of a trace that contains the texts of a filter. */
export const textMatch = z.object({
  spanId: z.string(),
  text: z.string().describe('The passage around the first match, on one line.'),
  marks: z
    .array(z.object({ start: z.int(), end: z.int() }))
    .describe('The place of each match in `text`, in UTF-16 code units.'),
});

export const listedTrace = traceSummary.extend({
  columns: columnValues,
  match: textMatch.nullable().describe('Null unless the filter searches for text and finds it in the trace.'),
});

export const traceList = z.object({
  traces: z.array(listedTrace),
  nextCursor: z.string().nullable(),
});

export const trace = traceSummary.extend({
  conclusion: conclusion
    .nullable()
    .describe(
      'What happened in the trace, in a few sentences. Null if the trace has more than 20,000 spans, or with `conclusion=false`.',
    ),
  usedDocuments: z
    .array(z.object({ spanId: z.string(), count: z.int() }))
    .describe(
      'Retrievers and rerankers with the number of their documents that were marked as used for an answer. Spans ' +
        'without such documents are left out.',
    ),
  spans: z.array(spanSummary),
});

/** Data that a page shows above the list: a small histogram and the totals of the range. */
export const traceVolume = z.object({
  from: timestamp,
  to: timestamp,
  bucketSeconds: z.int(),
  buckets: z
    .array(
      z.object({
        startTime: timestamp,
        traces: z.int(),
        errors: z.int(),
        p50DurationMs: z.number().nullable(),
        p95DurationMs: z.number().nullable(),
        costUsd: z.number().nullable(),
        unpricedCalls: unpriced.unpricedCalls,
      }),
    )
    .describe('Every bucket of the range in order, including empty ones; the first can start before `from`.'),
  traces: z.int().describe('Number of traces that started in the range.'),
  errors: z.int(),
  errorRate: z.number().nullable().describe('Share of failed traces, 0 to 1; null if there are no traces.'),
  p50DurationMs: z.number().nullable(),
  p95DurationMs: z.number().nullable(),
  costUsd: z.number().nullable().describe('Null if no call has a known price.'),
  ...unpriced,
});

export type ListedTrace = z.infer<typeof listedTrace>;
export type TraceSummary = z.infer<typeof traceSummary>;
export type TextMatch = z.infer<typeof textMatch>;
export type Trace = z.infer<typeof trace>;
export type TraceVolume = z.infer<typeof traceVolume>;
