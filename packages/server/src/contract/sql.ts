import { z } from 'zod';

/** Response of `POST /sql`. */
export const sqlResult = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string().describe('Type in ClickHouse.') })),
  rows: z
    .array(z.array(z.unknown()))
    .describe('Values in the order of the columns. Integers of 64 bits and decimals are strings.'),
  truncated: z.boolean().describe('Whether there are more rows than `limit`.'),
});

/** Response of `GET /sql/tables`. */
export const sqlTables = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
    }),
  ),
});

export type SqlResult = z.infer<typeof sqlResult>;
