import { z } from 'zod';
import { parseTimestamp } from '../contract/timestamps.ts';

/** A time in a query string, parsed from ISO 8601 to nanoseconds since 1970. */
export const timeQuery = z
  .string()
  .transform((text, context) => {
    const ns = parseTimestamp(text);
    if (ns === undefined) {
      context.addIssue({ code: 'custom', message: 'expected ISO 8601, such as 2026-11-20T10:00:00Z' });
      return z.NEVER;
    }
    return ns;
  })
  .optional();
