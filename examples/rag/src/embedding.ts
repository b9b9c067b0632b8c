import { getEmbeddingAttributes, type OITracer } from '@arizeai/openinference-core';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type OpenAI from 'openai';
import { inSpan, valueAttributes } from './telemetry/spans.ts';

const EMBEDDING_MODEL = 'text-embedding-3-small';
export const EMBEDDING_DIMENSIONS = 256;

/**
 * Vectors of the texts. The span is the application's own: the instrumentation's has no token counts, and keeps
 * every vector.
 */
export function embedTexts(
  { tracer, openai }: { tracer: OITracer; openai: OpenAI },
  spanName: string,
  texts: readonly string[],
): Promise<number[][]> {
  const attributes = {
    ...getEmbeddingAttributes({ modelName: EMBEDDING_MODEL, embeddings: texts.map((text) => ({ text })) }),
    ...valueAttributes('input', texts.length === 1 ? texts[0] : texts),
    'llm.system': 'openai',
    'llm.provider': 'openai',
    'embedding.invocation_parameters': JSON.stringify({ dimensions: EMBEDDING_DIMENSIONS }),
  };
  return inSpan(tracer, spanName, 'EMBEDDING', attributes, async (span) => {
    const { data, usage } = await context.with(suppressTracing(context.active()), () =>
      openai.embeddings.create({
        model: EMBEDDING_MODEL,
        input: [...texts],
        dimensions: EMBEDDING_DIMENSIONS,
      }),
    );
    span.setAttributes({
      'llm.token_count.prompt': usage.prompt_tokens,
      'llm.token_count.total': usage.total_tokens,
      'gen_ai.embeddings.dimension.count': EMBEDDING_DIMENSIONS,
    });
    return data.map((entry) => entry.embedding);
  });
}
