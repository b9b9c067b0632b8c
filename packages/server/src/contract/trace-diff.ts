import { DIFF_CHANGES, DIFF_FIELDS } from '@throughline/spans';
import { z } from 'zod';
import { spanSummary } from './span.ts';
import { traceSummary } from './trace.ts';

const side = spanSummary.pick({
  spanId: true,
  name: true,
  kind: true,
  status: true,
  statusMessage: true,
  errorType: true,
  model: true,
  startTime: true,
  durationMs: true,
  inputTokens: true,
  outputTokens: true,
  costUsd: true,
});

const durationDelta = z.number().nullable().describe('Null if a duration is unknown.');
const tokensDelta = z.int().nullable();
const costDelta = z.number().nullable();

/** Response of `GET /traces/{a}/diff/{b}`. All deltas are the value of `b` minus the value of `a`. */
export const traceDiff = z.object({
  a: traceSummary,
  b: traceSummary,
  delta: z.object({
    durationMs: durationDelta,
    tokens: tokensDelta.describe('Input and output tokens of the counted calls.'),
    costUsd: costDelta,
    spanCount: z.int(),
    errorCount: z.int(),
  }),
  counts: z
    .object({ same: z.int(), changed: z.int(), moved: z.int(), added: z.int(), removed: z.int() })
    .describe('Number of steps by change.'),
  steps: z
    .array(
      z.object({
        depth: z.int(),
        change: z
          .enum(DIFF_CHANGES)
          .describe(
            '`added`: only `b` has the step. `removed`: only `a` has it. `moved`: the step is below another step in `b`. ' +
              '`same`: no `differences`.',
          ),
        differences: z
          .array(z.enum(DIFF_FIELDS))
          .describe(
            'What differs. `parent` means that the step is below another step, `input` and `output` that the recorded ' +
              'content is not the same.',
          ),
        a: side.nullable(),
        b: side.nullable(),
        delta: z.object({
          durationMs: durationDelta,
          selfMs: z.number().describe('Duration without the time that child spans cover.'),
          tokens: tokensDelta,
          costUsd: costDelta,
        }),
      }),
    )
    .describe('Every step of both traces once, parents before their children.'),
});

export type TraceDiff = z.infer<typeof traceDiff>;
