import { embedding, updateSpan } from '@throughline/sdk';
import type OpenAI from 'openai';

const EMBEDDING_MODEL = 'text-embedding-3-small';
export const EMBEDDING_DIMENSIONS = 256;

/**
 * Returns the vectors of the texts, in a span that the application creates itself: `embeddings` is not instrumented, to
 * show how to trace a service without an integration. `updateSpan` records data that only the response contains.
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
