import { z } from 'zod';
import { timestamp } from './values.ts';

export const projectList = z.object({
  projects: z.array(z.object({ name: z.string(), spanCount: z.int(), lastSpanAt: timestamp })),
});

export type ProjectList = z.infer<typeof projectList>;
