import { z } from 'zod';

/** A number in a query string. An empty text is an error, not 0. */
export const numberQuery = z
  .string()
  .transform((text, context) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(number)) {
      context.addIssue({ code: 'custom', message: 'expected a number, such as 0.5' });
      return z.NEVER;
    }
    return number;
  })
  .optional();
