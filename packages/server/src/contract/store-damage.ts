import { z } from 'zod';

/** Response of `GET /api/v1/store/damage`. */
export const storeDamage = z
  .object({
    parts: z.array(
      z.object({
        table: z.string(),
        part: z.string().describe('Folder of the part.'),
        partition: z.string().describe('Day or month of its rows.'),
        rows: z.int().nullable().describe('Number of its rows; null if it is unknown.'),
        bytes: z.int(),
        path: z.string(),
        state: z
          .enum(['detached', 'unreadable'])
          .describe('`detached`: its rows are missing. `unreadable`: reads that touch it fail.'),
        reason: z.string(),
      }),
    ),
  })
  .meta({ id: 'StoreDamage', description: 'Parts of the store whose rows cannot be read.' });
