import { bothDirections, SPAN_SORT_FIELDS } from '@throughline/spans';
import { z } from 'zod';
import { scoreSummary } from './score.ts';
import type { ScoreNameSort } from './score-sort.ts';
import { spanSummary } from './span.ts';
import { columnValues } from './values.ts';

export type SpanSortField = (typeof SPAN_SORT_FIELDS)[number];
export type SpanSort = SpanSortField | `-${SpanSortField}` | ScoreNameSort;

/** Orders in which spans can be listed; `-` means descending. */
export const SPAN_SORTS: readonly Exclude<SpanSort, ScoreNameSort>[] = bothDirections(SPAN_SORT_FIELDS);

/** A span outside its tree: the row of a list. */
export const listedSpan = spanSummary.extend({
  traceId: z.string(),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  feature: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  tags: z.array(z.string()),
  operation: z.string().nullable(),
  finishReasons: z.array(z.string()),
  promptName: z.string().nullable(),
  promptVersion: z.string().nullable(),
  inputPreview: z.string().nullable().describe('The first 200 characters of the input.'),
  outputPreview: z.string().nullable(),
  scores: z.array(scoreSummary).describe('Scores of the span, the latest 20.'),
  columns: columnValues,
});

export const spanList = z.object({ spans: z.array(listedSpan), nextCursor: z.string().nullable() });

export type ListedSpan = z.infer<typeof listedSpan>;
export type SpanList = z.infer<typeof spanList>;
