import { z } from 'zod';

/** Maximum number of models that are named. */
export const MAX_UNPRICED_MODELS = 10;

/** What a cost lacks. Part of everything that has a sum of costs. */
export const unpriced = {
  unpricedCalls: z
    .int()
    .describe('Number of calls with tokens but no known price. If it is not 0, the cost is a lower bound.'),
  unpricedModels: z
    .array(z.string())
    .describe(`Models of these calls, at most ${MAX_UNPRICED_MODELS}. Empty if they are not known.`),
};
