import { z } from 'zod';

/** How the cost of a span came about. */
export const costCalculation = z
  .object({
    text: z
      .string()
      .describe(
        'The calculation, such as `1,247 in: 447 fresh × $3.00/M + 800 cached × $0.30/M; 333 out × $15.00/M = $0.006576`, ' +
          'or why there is no cost.',
      ),
    lines: z
      .array(
        z.object({
          name: z.string().describe('Class of tokens as in `costDetails`, or `requests`.'),
          direction: z.enum(['input', 'output', 'request']),
          count: z
            .number()
            .describe('Number of tokens of this class alone: every token is part of one line.'),
          price: z.number().describe('US dollars per million tokens; for `requests` per request.'),
          costUsd: z.number(),
        }),
      )
      .describe('The costs add up to `costUsd` exactly. Empty if there is no cost or if it was reported.'),
    factor: z.number().describe('Factor of the service tier, which `costUsd` of the lines includes.'),
    aboveInputTokens: z
      .int()
      .nullable()
      .describe('Set if the prices for prompts with more tokens than this were used.'),
    pricedModel: z
      .string()
      .nullable()
      .describe(
        'The model in the price table, or the pattern of the price that the project has set. Null if the cost was ' +
          'reported or if prices have changed since.',
      ),
    seller: z.string().nullable().describe('Who sells the model at this price.'),
    isCurrent: z
      .boolean()
      .describe('Whether repricing would leave the cost as it is. Always true for reported costs.'),
    currentCostUsd: z.number().nullable().describe('The cost with the prices of today.'),
  })
  .meta({ id: 'CostCalculation' });

export type CostCalculation = z.infer<typeof costCalculation>;
