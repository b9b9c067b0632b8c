import { z } from 'zod';

const modelPrice = z
  .object({
    provider: z.string().nullable(),
    model: z
      .string()
      .nullable()
      .describe('Null for calls that do not name a model; they cannot have a price.'),
    calls: z.int().describe('Number of calls with tokens that count towards totals.'),
    inputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    costUsd: z.number().nullable().describe('Sum of the known costs.'),
    unpricedCalls: z
      .int()
      .describe('Number of calls without a cost. Their price was not known when they arrived.'),
    reportedCalls: z.int().describe('Number of calls whose cost the client or provider reported.'),
    price: z
      .object({
        priceId: z.string().nullable().describe('Id of the price that the project has set.'),
        table: z.string().nullable().describe('Name and version of the price table.'),
        pricedModel: z.string().describe("The model in the table, or the pattern of the project's price."),
        seller: z.string().nullable(),
        usdPerMillion: z
          .object({
            input: z.number(),
            cachedInput: z.number(),
            cacheWrite: z.number(),
            cacheWrite1h: z.number(),
            output: z.number(),
            reasoning: z.number(),
            audioInput: z.number(),
            audioOutput: z.number(),
          })
          .partial()
          .describe('US dollars per million tokens. Classes without a price of their own are left out.'),
        aboveInputTokens: z
          .int()
          .nullable()
          .describe('Prompts with more tokens than this have other prices.'),
        usdPerRequest: z.number().nullable(),
      })
      .nullable()
      .describe('The price that applies now, at the standard service tier. Null if it is not known.'),
  })
  .meta({ id: 'ModelPrice' });

export const modelPrices = z.object({
  models: z.array(modelPrice).describe('Models with calls without a cost first, then by number of tokens.'),
  more: z.boolean().describe('Whether there are more models than `limit`.'),
});

export type ModelPrice = z.infer<typeof modelPrice>;
export type ModelPrices = z.infer<typeof modelPrices>;
