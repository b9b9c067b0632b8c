import { SPAN_KINDS } from '@throughline/spans';
import { z } from 'zod';
import { traceSummary } from './trace.ts';
import { sessionSummary, userSummary } from './trace-groups.ts';

/** Maximum number of names in a list of models, users or features. */
export const MAX_NAMES = 20;
/** Maximum length of a text of a turn, in UTF-16 code units. */
export const MAX_TURN_TEXT = 4_000;
/** Maximum number of tools and of failures that are named for a turn. */
export const MAX_TURN_TOOLS = 20;
export const MAX_TURN_FAILURES = 5;

const totals = {
  runningCount: z.int().describe('Number of traces that are still running.'),
  activeMs: z.number().describe('Durations of all traces, added up.'),
  p50DurationMs: z.number().nullable().describe('Median duration of a trace.'),
  p95DurationMs: z.number().nullable(),
  models: z.array(z.string()).describe(`At most ${MAX_NAMES}.`),
  features: z.array(z.string()).describe(`At most ${MAX_NAMES}.`),
};

/** A session with its totals. */
export const session = sessionSummary.extend({
  ...totals,
  users: z.array(z.string()).describe(`The users of its traces, at most ${MAX_NAMES}.`),
});

/** A user with totals. */
export const user = userSummary.extend({
  ...totals,
  sessionCount: z.int(),
});

const turnText = z.object({
  text: z.string().describe(`At most ${MAX_TURN_TEXT} characters, or 200 if the content is not at hand.`),
  cut: z.boolean().describe('Whether the text was longer.'),
});

/** One trace of a session as the user saw it. */
export const turn = traceSummary
  .omit({ inputPreview: true, outputPreview: true, sessionId: true, environment: true, services: true })
  .extend({
    question: turnText.nullable().describe('What the user said. Null if it was not recorded.'),
    answer: turnText.nullable().describe('What came back.'),
    tools: z
      .array(
        z.object({
          name: z.string(),
          count: z.int(),
          failedCount: z.int(),
          spanId: z.string().describe('The first call.'),
        }),
      )
      .describe(`Tools by their first call, at most ${MAX_TURN_TOOLS}.`),
    failures: z
      .array(
        z.object({
          spanId: z.string(),
          name: z.string(),
          kind: z.enum(SPAN_KINDS),
          errorType: z.string().nullable(),
          message: z.string().nullable().describe('At most 300 characters.'),
        }),
      )
      .describe(
        `Failed spans without failed children, the first ${MAX_TURN_FAILURES}. The turn survived them if its status is not \`error\`.`,
      ),
  });

export const turnList = z.object({ turns: z.array(turn), nextCursor: z.string().nullable() });

export type Session = z.infer<typeof session>;
export type User = z.infer<typeof user>;
export type Turn = z.infer<typeof turn>;
