import { CONCLUSION_CAUSES, CONCLUSION_TOPICS } from '@throughline/spans';
import { z } from 'zod';

/** What happened in a trace, in a few sentences. */
export const conclusion = z.object({
  sentences: z
    .array(
      z.object({
        topic: z.enum(CONCLUSION_TOPICS),
        cause: z.enum(CONCLUSION_CAUSES).describe('What was found. New causes may be added.'),
        text: z.string(),
        parts: z
          .array(
            z.object({
              text: z.string(),
              spanIds: z
                .array(z.string())
                .optional()
                .describe('Spans that this part names, the one to open first; at most 100.'),
            }),
          )
          .describe('The text in pieces, so that a page can link the names of spans.'),
        figures: z
          .record(z.string(), z.number())
          .describe('The figures in the sentence, with the unit in the name; shares are from 0 to 1.'),
      }),
    )
    .describe('The most important first.'),
});
