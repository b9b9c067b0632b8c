import Anthropic from '@anthropic-ai/sdk';
import { instrument } from '@throughline/sdk';
import OpenAI from 'openai';
import { EMBEDDING_DIMENSIONS, embedTexts } from './embedding.ts';
import { generateWithAnthropic } from './generate/anthropic.ts';
import type { Generate } from './generate/messages.ts';
import { generateWithOpenAI, generateWithResponses } from './generate/openai.ts';
import { type Passage, readHandbook } from './handbook.ts';
import { openVectorIndex, type VectorIndex } from './vector-index.ts';

/** Everything that a request needs. Created once. */
export interface Assistant {
  /** Client for embeddings; see `embedTexts`. */
  readonly embeddings: OpenAI;
  readonly handbook: readonly Passage[];
  readonly index: VectorIndex;
  /** Returns the function that calls a model, by the name of the model. */
  readonly generatorOf: (model: string) => Generate;
}

export interface Providers {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly embeddings: OpenAI;
}

/** Creates traced clients for a model server at `url`. Without `url`, they use the URLs and keys in the environment. */
export function connectProviders(url?: string): Providers {
  // The application retries itself, so that each attempt gets a span.
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

/** Reads the handbook, embeds its passages and adds them to the index. */
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
