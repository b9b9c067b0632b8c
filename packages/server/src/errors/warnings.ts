/** Why a record that was stored is probably not what its sender meant. */
interface WarningRow {
  readonly title: string;
  /** What the sender can do about it. */
  readonly advice: string;
}

/** One row per reason. `/api/v1/ingest/problems` lists them with title and advice. */
export const WARNINGS = {
  'unlikely-time': {
    title: 'A start time is in the first months of 1970',
    advice:
      'The span was stored at that time. Times are nanoseconds since 1970: multiply milliseconds by 1,000,000 and microseconds by 1,000.',
  },
} as const satisfies Record<string, WarningRow>;

export type WarningReason = keyof typeof WARNINGS;

export const WARNING_REASONS = Object.keys(WARNINGS) as WarningReason[];
