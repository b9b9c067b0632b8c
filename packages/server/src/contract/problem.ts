import { z } from 'zod';

/** RFC 9457. `type` links to the page of the error code. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
});

export type Problem = z.infer<typeof problem>;
