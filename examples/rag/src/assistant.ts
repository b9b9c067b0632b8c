import Anthropic from '@anthropic-ai/sdk';
import type { OITracer } from '@arizeai/openinference-core';
import OpenAI from 'openai';
import { EMBEDDING_DIMENSIONS, embedTexts } from './embedding.ts';
import { generateWithAnthropic } from './generate/anthropic.ts';
import type { Generate } from './generate/messages.ts';
import { generateWithOpenAI, generateWithResponses } from './generate/openai.ts';
import { type Passage, readHandbook } from './handbook.ts';
import { openVectorIndex, type VectorIndex } from './vector-index.ts';

/** Everything that a request needs. Built once. */
export interface Assistant {
  readonly tracer: OITracer;
  readonly openai: OpenAI;
  readonly handbook: readonly Passage[];
  readonly index: VectorIndex;
  /** The way to a model, by its name. */
  readonly generatorOf: (model: string) => Generate;
}

export interface Providers {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
}

/** Clients for the addresses and keys in the environment, or for a model server at `url`. */
export function connectProviders(url?: string): Providers {
  // Retries are the application's, so that each attempt is a span.
  const common = { maxRetries: 0 };
  // Anthropic's SDK makes spans of its own, below those of the instrumentation: tokens would be counted twice.
  const anthropicOnly = { ...common, openTelemetry: false as const };
  if (url === undefined) return { openai: new OpenAI(common), anthropic: new Anthropic(anthropicOnly) };
  return {
    openai: new OpenAI({ ...common, baseURL: `${url}/v1`, apiKey: 'example' }),
    anthropic: new Anthropic({ ...anthropicOnly, baseURL: url, apiKey: 'example' }),
  };
}

/** Reads the handbook, embeds it and fills the index. */
export async function openAssistant(tracer: OITracer, { openai, anthropic }: Providers): Promise<Assistant> {
  const handbook = readHandbook();
  const index = openVectorIndex(EMBEDDING_DIMENSIONS);
  const vectors = await embedTexts(
    { tracer, openai },
    'handbook.embed',
    handbook.map(({ title, text }) => `${title}. ${text}`),
  );
  index.add(handbook, vectors);

  const generators: readonly [models: RegExp, generate: Generate][] = [
    [/^claude/, generateWithAnthropic(anthropic)],
    [/^(gpt-5|o\d)/, generateWithResponses(openai)],
    [/./, generateWithOpenAI(openai)],
  ];
  return {
    tracer,
    openai,
    handbook,
    index,
    generatorOf: (model) => {
      const [, generate] = generators.find(([models]) => models.test(model)) ?? [];
      if (generate === undefined) throw new Error(`Expected the name of a model, found '${model}'`);
      return generate;
    },
  };
}
