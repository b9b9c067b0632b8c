/**
 * Schemas that several parts of the public API, `/api/v1`, share.
 *
 * Each file of this folder contains the schemas of one subject. The OpenAPI document, the types of the web application and
 * the checks of the routes' responses all derive from them. Names are in camelCase with units, times are ISO 8601 with
 * nanoseconds, and absent values are `null`, never 0.
 */
import { z } from 'zod';

/** A time such as `2026-11-20T10:00:00.123456789Z`. */
export const timestamp = z.string().describe('ISO 8601 in UTC, with nanoseconds');

export const status = z.enum(['unset', 'ok', 'error']);

/** Typed OTLP values as plain JSON: int64 beyond ±(2^53−1) as decimal strings, bytes as base64. */
export const attributes = z.record(z.string(), z.unknown());

/** Values of the requested columns, by their name. */
export const columnValues = z
  .record(z.string(), z.string().nullable())
  .describe(
    'Values of the columns in `columns` of the request, such as `attr.customer.tier`. Null if absent.',
  );

/** Values of one field of the rows in a range, for completion and for facets. */
export const fieldValues = z.object({
  values: z
    .array(z.object({ value: z.string(), count: z.int().describe('Rows with this value.') }))
    .describe('The most frequent first.'),
  more: z.boolean().describe('Whether there are more values than `limit`.'),
});

export type FieldValues = z.infer<typeof fieldValues>;
