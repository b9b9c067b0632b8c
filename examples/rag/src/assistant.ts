import Anthropic from '@anthropic-ai/sdk';
import { instrument } from '@throughline/sdk';
import OpenAI from 'openai';
import { EMBEDDING_DIMENSIONS, embedTexts } from './embedding.ts';
import { generateWithAnthropic } from './generate/anthropic.ts';
import type { Generate } from './generate/messages.ts';
import { generateWithOpenAI, generateWithResponses } from './generate/openai.ts';
import { type Passage, readHandbook } from './handbook.ts';
import { openVectorIndex, type VectorIndex } from './vector-index.ts';

/** Everything that a request needs. Built once. */
export interface Assistant {
  /** For vectors; see `embedTexts`. */
  readonly embeddings: OpenAI;
  readonly handbook: readonly Passage[];
  readonly index: VectorIndex;
  /** The way to a model, by its name. */
  readonly generatorOf: (model: string) => Generate;
}

export interface Providers {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly embeddings: OpenAI;
}

/** Clients for the addresses and keys in the environment, or for a model server at `url`. Calls of models are traced. */
export function connectProviders(url?: string): Providers {
  // Retries are the application's, so that each attempt is a span.
  const common = { maxRetries: 0 };
  const [forOpenAI, forAnthropic] =
    url === undefined
      ? [common, common]
      : [
          { ...common, baseURL: `${url}/v1`, apiKey: 'example' },
          { ...common, baseURL: url, apiKey: 'example' },
        ];
  return {
    openai: instrument(new OpenAI(forOpenAI)),
    anthropic: instrument(new Anthropic(forAnthropic)),
    embeddings: new OpenAI(forOpenAI),
  };
}

/** Reads the handbook, embeds it and fills the index. */
export async function openAssistant({ openai, anthropic, embeddings }: Providers): Promise<Assistant> {
  const handbook = readHandbook();
  const index = openVectorIndex(EMBEDDING_DIMENSIONS);
  const vectors = await embedTexts(
    embeddings,
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
    embeddings,
    handbook,
    index,
    generatorOf: (model) => {
      const [, generate] = generators.find(([models]) => models.test(model)) ?? [];
      if (generate === undefined) throw new Error(`Expected the name of a model, found '${model}'`);
      return generate;
    },
  };
}
