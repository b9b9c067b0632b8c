import { bothDirections, GROUP_SORT_FIELDS } from '@throughline/spans';
import { z } from 'zod';
import { unpriced } from './unpriced.ts';
import { timestamp } from './values.ts';

export type GroupSortField = (typeof GROUP_SORT_FIELDS)[number];
export type GroupSort = GroupSortField | `-${GroupSortField}`;

/** Orders in which sessions and users can be listed; `-` means descending. */
export const GROUP_SORTS: readonly GroupSort[] = bothDirections(GROUP_SORT_FIELDS);

/** Totals over the traces of a session or a user. */
export const traceGroup = z.object({
  traceCount: z.int(),
  failedTraceCount: z.int().describe('Number of traces with the status `error`.'),
  errorCount: z.int().describe('Number of failed spans.'),
  inputTokens: z.int().nullable().describe('Null if no call reported tokens.'),
  outputTokens: z.int().nullable(),
  costUsd: z.number().nullable().describe('Null if no call has a known price.'),
  costIncomplete: z
    .boolean()
    .describe('True if a model call has tokens but no known price; the cost is then a lower bound.'),
  ...unpriced,
  firstSeen: timestamp.describe('Start of the first trace.'),
  lastSeen: timestamp.describe('Start of the last trace.'),
  lastTraceId: z.string(),
  lastTraceName: z.string(),
  lastInputPreview: z
    .string()
    .nullable()
    .describe('The first 200 characters of the input of the last trace.'),
  lastOutputPreview: z.string().nullable(),
});

export const sessionSummary = traceGroup.extend({
  sessionId: z.string(),
  userId: z.string().nullable().describe('User of the last trace.'),
});
export const userSummary = traceGroup.extend({ userId: z.string() });

export const sessionList = z.object({ sessions: z.array(sessionSummary), nextCursor: z.string().nullable() });
export const userList = z.object({ users: z.array(userSummary), nextCursor: z.string().nullable() });

export type TraceGroup = z.infer<typeof traceGroup>;
export type SessionSummary = z.infer<typeof sessionSummary>;
export type UserSummary = z.infer<typeof userSummary>;
