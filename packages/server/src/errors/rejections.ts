/** Why one record (a span, a log record or a data point) of an otherwise valid request was rejected. */
interface RejectionRow {
  readonly title: string;
  /** What the sender can do about it. */
  readonly advice: string;
}

const LARGE_STRUCTURES = 'Send large structures as JSON text.';
const NANOSECONDS = 'Set it, in nanoseconds since 1970.';

/** One row per reason. `/metrics` counts by reason, and `/api/v1/ingest/problems` lists them with title and advice. */
export const REJECTIONS = {
  'invalid-trace-id': { title: 'The trace id is not valid', advice: 'Send 16 bytes that are not all zeros.' },
  'invalid-span-id': { title: 'The span id is not valid', advice: 'Send 8 bytes that are not all zeros.' },
  'invalid-parent-span-id': {
    title: 'The parent span id is not valid',
    advice: 'Send 8 bytes, or leave it out for the root of a trace.',
  },
  'missing-start-time': { title: 'The start time is missing', advice: NANOSECONDS },
  'missing-time': { title: 'The time is missing', advice: NANOSECONDS },
  'time-out-of-range': {
    title: 'A time is too far in the future',
    advice: 'The time is after 2262. Check that it is in nanoseconds.',
  },
  malformed: {
    title: 'A field cannot be read',
    advice: 'Correct the field that the message names; it also says what was found and what was expected.',
  },
  'nested-too-deep': { title: 'An attribute is nested too deep', advice: LARGE_STRUCTURES },
  'too-many-values': { title: 'There are too many values', advice: LARGE_STRUCTURES },
  'invalid-project': {
    title: 'The project name is not valid',
    advice: 'Use a name of 1 to 128 printable characters.',
  },
  'not-gen-ai': {
    title: 'A log record is not a GenAI event',
    advice:
      'Throughline stores only log records that belong to GenAI spans. Send other log records to a different backend.',
  },
  'no-trace-context': {
    title: 'An event does not belong to a span',
    advice: 'Emit it while its span is active.',
  },
  'unsupported-metric': {
    title: 'The metric is not stored',
    advice:
      'Histograms, sums and gauges named gen_ai.* are stored. Send other metrics to a different backend.',
  },
} as const satisfies Record<string, RejectionRow>;

export type RejectionReason = keyof typeof REJECTIONS;

export const REJECTION_REASONS = Object.keys(REJECTIONS) as RejectionReason[];
