import { embedding, updateSpan } from '@throughline/sdk';
import type OpenAI from 'openai';

const EMBEDDING_MODEL = 'text-embedding-3-small';
export const EMBEDDING_DIMENSIONS = 256;

/**
 * Vectors of the texts, in a span of the application's own: `embeddings` is a client that is not instrumented and
 * stands for a service that no integration knows. What only the answer tells is said with `updateSpan`.
 */
export function embedTexts(
  embeddings: OpenAI,
  spanName: string,
  texts: readonly string[],
): Promise<number[][]> {
  const embed = embedding(
    async (input: readonly string[]) => {
      const { data, model, usage } = await embeddings.embeddings.create({
        model: EMBEDDING_MODEL,
        input: [...input],
        dimensions: EMBEDDING_DIMENSIONS,
      });
      updateSpan({ responseModel: model, usage: { inputTokens: usage.prompt_tokens } });
      return data.map((entry) => entry.embedding);
    },
    { name: spanName, provider: 'openai', model: EMBEDDING_MODEL },
  );
  return embed(texts);
}
