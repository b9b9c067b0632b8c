import { z } from 'zod';
import { ERROR_CODES } from '../errors/errors.ts';

/** The closed set of error codes. */
export const errorCode = z.enum(ERROR_CODES).meta({ id: 'ErrorCode' });

/** RFC 9457. `type` links to the page of the error code. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: errorCode,
    detail: z.string().describe('What was found and what was expected.'),
    advice: z.string().describe('How to fix it.'),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;
