import { z } from 'zod';

/** Maximum numbers in one request. */
const MAX_TRACES = 1000;
const MAX_TAGS = 20;

/** Excludes control, format and unassigned characters, lone surrogates and line breaks. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

export const givenTag = z.string().trim().min(1).max(200).regex(PRINTABLE, 'expected printable characters');

export const tagChange = z
  .strictObject({
    traceIds: z.array(z.string().min(1).max(800)).min(1).max(MAX_TRACES).describe('At most 1,000 traces'),
    add: z.array(givenTag).max(MAX_TAGS).default([]).describe('Tags to add, at most 20'),
    remove: z
      .array(givenTag)
      .max(MAX_TAGS)
      .default([])
      .describe('Tags to remove, at most 20. Tags that the application sent stay.'),
  })
  .refine(({ add, remove }) => add.length + remove.length > 0, { message: 'expected tags in add or remove' })
  .refine(({ add, remove }) => !add.some((tag) => remove.includes(tag)), {
    message: 'a tag is in add and in remove',
  });

export const changedTags = z.object({
  traces: z
    .int()
    .describe('Number of traces that were changed. Others get the tags when their spans arrive.'),
});

export type TagChange = z.infer<typeof tagChange>;
export type ChangedTags = z.infer<typeof changedTags>;
