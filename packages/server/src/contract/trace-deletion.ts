import { z } from 'zod';
import { timestamp } from './values.ts';

/** Maximum number of traces that one request deletes. */
export const MAX_DELETED = 1000;

export const deletedTraces = z.object({
  traces: z.int().describe('Number of traces that were deleted.'),
  spans: z.int().describe('Number of their spans.'),
});

export const deletedSelection = deletedTraces.extend({
  more: z.boolean().describe('Whether further traces match. Repeat the request with `receivedBefore`.'),
  receivedBefore: timestamp.describe('Traces that arrived later were left out.'),
});

export const tracesToDelete = z.strictObject({
  traceIds: z.array(z.string().min(1).max(800)).min(1).max(MAX_DELETED).describe('At most 1,000 traces'),
});

export type DeletedTraces = z.infer<typeof deletedTraces>;
export type DeletedSelection = z.infer<typeof deletedSelection>;
