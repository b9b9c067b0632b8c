import { z } from 'zod';
import { parseTimestamp } from './timestamps.ts';
import { timestamp } from './values.ts';

/** Excludes control, format and unassigned characters, lone surrogates and line breaks. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;
const MAX_WILDCARDS = 8;
const MAX_PROMPT_TIERS = 10;
const MAX_SERVICE_TIERS = 20;

const usd = z.number().min(0).max(1_000_000);

const tokenPrices = z.strictObject({
  input: usd.describe('Input that has no price of its own.'),
  output: usd.describe(
    'Output that has no price of its own. 0 if the model has none, such as an embedding model.',
  ),
  cachedInput: usd.optional().describe("Input that was read from the provider's cache."),
  cacheWrite: usd.optional().describe('Input that was written to the cache. Default lifetime: 5 minutes.'),
  cacheWrite1h: usd.optional().describe('Input that was written to the cache for an hour.'),
  reasoning: usd.optional(),
  audioInput: usd.optional(),
  audioOutput: usd.optional(),
});

const promptTier = tokenPrices
  .partial()
  .extend({ aboveInputTokens: z.int().min(1).max(1_000_000_000) })
  .refine(({ aboveInputTokens: _, ...prices }) => Object.keys(prices).length > 0, {
    message: 'expected at least one price, such as input',
  });

const instant = z
  .string()
  .transform((text, context) => {
    const ns = parseTimestamp(text);
    if (ns !== undefined) return Number(ns / 1_000_000n);
    context.addIssue({
      code: 'custom',
      message: 'expected ISO 8601 from 1970-01-01 to 2262-04-11, such as 2026-12-01 or 2026-12-01T10:00:00Z',
    });
    return z.NEVER;
  })
  .describe('ISO 8601. A date means midnight in UTC.');

const model = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .regex(PRINTABLE, 'expected printable characters')
  .refine((text) => /[^*]/.test(text), { message: 'expected a name or a part of it beside *' })
  .refine((text) => text.split('*').length - 1 <= MAX_WILDCARDS, {
    message: `at most ${MAX_WILDCARDS} * are allowed`,
  })
  .describe(
    'A model name, or a pattern in which `*` stands for any characters. It is compared with the name as it was sent, and ' +
      'without gateway, region and date. Case is ignored.',
  );

const provider = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(PRINTABLE, 'expected printable characters')
  .describe('Only calls of this provider, such as `openai`. Default: any provider.');

/** The part of a price that says how much, stored as one value. */
const terms = {
  usdPerMillion: tokenPrices.describe(
    'US dollars per million tokens. A class without a price is charged as input or output.',
  ),
  tiers: z
    .array(promptTier)
    .max(MAX_PROMPT_TIERS)
    .describe('Other prices for the whole call if its input exceeds a number of tokens.'),
  serviceTiers: z
    .record(z.string().trim().min(1).max(64).regex(PRINTABLE), z.number().min(0).max(1000))
    .refine((tiers) => Object.keys(tiers).length <= MAX_SERVICE_TIERS, {
      message: `at most ${MAX_SERVICE_TIERS} service tiers are allowed`,
    })
    .describe(
      'Factors of the price by service tier, such as `{"batch": 0.5}`. The price of other tiers than the standard is not known.',
    ),
  usdPerRequest: usd.nullable().describe('US dollars per call, in addition to the tokens.'),
};

export const newPrice = z
  .strictObject({
    model,
    provider: provider.nullable().default(null),
    from: instant.nullable().default(null).describe('Calls that start at or after this time, ISO 8601.'),
    to: instant.nullable().default(null).describe('Calls that start before this time, ISO 8601.'),
    usdPerMillion: terms.usdPerMillion,
    tiers: terms.tiers.default([]),
    serviceTiers: terms.serviceTiers.default({}),
    usdPerRequest: terms.usdPerRequest.default(null),
  })
  .superRefine(({ from, to, tiers, usdPerMillion }, context) => {
    if (from !== null && to !== null && to <= from)
      context.addIssue({ code: 'custom', path: ['to'], message: 'expected a time after from' });
    const starts = tiers.map(({ aboveInputTokens }) => aboveInputTokens);
    for (const [index, { aboveInputTokens, ...prices }] of tiers.entries()) {
      if (starts.indexOf(aboveInputTokens) !== index)
        context.addIssue({
          code: 'custom',
          path: ['tiers', index, 'aboveInputTokens'],
          message: 'another tier has the same number of tokens',
        });
      for (const name of Object.keys(prices))
        if (!Object.hasOwn(usdPerMillion, name))
          context.addIssue({
            code: 'custom',
            path: ['tiers', index, name],
            message: `usdPerMillion has no price for ${name}, which applies below the tier`,
          });
    }
  });

export const price = z
  .object({
    id: z.string(),
    revision: z.int().describe('1 for a new price. It grows with every change.'),
    model,
    provider: z.string().nullable(),
    from: timestamp.nullable(),
    to: timestamp.nullable(),
    ...terms,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Price' });

export const priceList = z.object({
  prices: z.array(price).describe('Sorted by model, provider and start.'),
});

export type NewPrice = z.infer<typeof newPrice>;
export type Price = z.infer<typeof price>;
export type PriceTerms = Pick<Price, 'usdPerMillion' | 'tiers' | 'serviceTiers' | 'usdPerRequest'>;
