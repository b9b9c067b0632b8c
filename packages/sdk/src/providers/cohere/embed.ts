import { list, number, present, record, text, texts } from '../../core/json.ts';
import { inputTexts } from '../openai/embeddings.ts';
import type { Operation } from '../operation.ts';

/** Embeddings of texts. Source: docs.cohere.com/v2/reference/embed */
export const cohereEmbed: Operation = {
  operation: 'embeddings',
  kind: 'embedding',
  request: (body) => ({
    inputMessages: () => inputTexts(list(body.texts)),
    parameters: { encoding_formats: texts(list(body.embeddingTypes)) },
    dimensions: number(body.outputDimension),
    attributes: present({ 'cohere.request.input_type': text(body.inputType) }),
  }),
  response: (answer) => {
    const { embeddings, meta, id } = record(answer);
    const { inputTokens, imageTokens } = record(record(meta).billedUnits);
    const [vector] = list(Object.values(record(embeddings)).find((vectors) => list(vectors).length > 0));
    return {
      responseId: text(id),
      usage: present({ inputTokens: number(inputTokens) }),
      dimensions: Array.isArray(vector) ? vector.length : undefined,
      attributes: present({ 'gen_ai.usage.image.input_tokens': number(imageTokens) }),
    };
  },
};
