import { z } from 'zod';
import { timestamp } from './values.ts';

export const projectList = z.object({
  projects: z.array(z.object({ name: z.string(), spanCount: z.int(), lastSpanAt: timestamp })),
});

/** The projects that have spans of a trace. */
export const traceProjects = z.object({
  traceId: z.string().describe('The full id.'),
  projects: z
    .array(z.string())
    .describe('Names of the projects, sorted by their number of spans of the trace, largest first.'),
});

export type TraceProjects = z.infer<typeof traceProjects>;
export type ProjectList = z.infer<typeof projectList>;
