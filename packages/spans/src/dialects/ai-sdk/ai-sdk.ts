import type { Read } from '../../attributes/attribute-readers.ts';
import {
  array,
  asCount,
  asTexts,
  below,
  converted,
  count,
  either,
  having,
  isRecord,
  json,
  needing,
  nonEmpty,
  oneOf,
  text,
  texts,
  typedText,
} from '../../attributes/attribute-readers.ts';
import { parsedOrText } from '../../attributes/parse-json.ts';
import type { Document, EmbeddingContent } from '../../model/content.ts';
import type { Dialect } from '../dialect.ts';
import {
  providerCacheWrite1h,
  providerCacheWrite5m,
  providerCost,
  providerTier,
} from './provider-metadata.ts';

const EMBEDDING_KEYS = ['ai.values', 'ai.value', 'ai.embeddings', 'ai.embedding'];

/** The texts are JSON-encoded strings, e.g. `"\"hello\""`. */
export const embeddings = needing<EmbeddingContent>(EMBEDDING_KEYS, ({ attributes }) => {
  const values = asTexts(attributes.get('ai.values') ?? attributes.get('ai.value') ?? null);
  const vectors = asTexts(attributes.get('ai.embeddings') ?? attributes.get('ai.embedding') ?? null);
  if (values === undefined && vectors === undefined) return undefined;
  const first = vectors?.[0];
  // Some senders record only the number of dimensions instead of the vectors.
  const dimensions = asCount(attributes.get('gen_ai.embeddings.dimension.count') ?? null);
  return {
    texts: (values ?? []).map(unquoted),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(vectors === undefined || first === undefined
      ? {}
      : { dimensions: first.split(',').length, count: vectors.length }),
  };
});

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}

const INPUT_DOCUMENTS: Read<readonly Document[]> = converted(texts('ai.documents'), (list) =>
  nonEmpty(list.map((item) => ({ content: unquoted(item) }))),
);

const RANKING: Read<readonly unknown[]> = array('ai.ranking');

/** The ranking contains `{originalIndex, relevanceScore}`, best first. The texts come from the input documents. */
const RANKED = needing<readonly Document[]>(['ai.ranking'], (span) => {
  const ranking = RANKING(span);
  if (ranking === undefined) return undefined;
  const input = INPUT_DOCUMENTS(span);
  const ranked: Document[] = [];
  for (const entry of ranking) {
    const item = typeof entry === 'string' ? parsedOrText(entry) : entry;
    if (!isRecord(item)) continue;
    const index = item.originalIndex ?? item.index;
    const score = item.relevanceScore ?? item.score;
    const content = typeof index === 'number' ? input?.[index]?.content : undefined;
    ranked.push({
      ...(typeof index === 'number' ? { id: String(index) } : {}),
      ...(content === undefined ? {} : { content }),
      ...(typeof score === 'number' ? { score } : {}),
    });
  }
  return nonEmpty(ranked);
});

/** Steps have the metadata of the call below them, without its tokens. */
const counted = <T>(read: Read<T>): Read<T> => having('gen_ai.usage.input_tokens', read);

/*
 * Additions of the Vercel AI SDK 7 to OpenTelemetry's conventions: operations that the registry lacks, and optional
 * attributes of its `OpenTelemetry` integration. Lists contain JSON texts.
 * Source: @ai-sdk/otel 1.0.173 `open-telemetry.ts`, `supplemental-attributes.ts`.
 */
export const aiSdk: Dialect = {
  name: 'ai-sdk',
  title: 'Vercel AI SDK 7',
  describes: 'what `@ai-sdk/otel` adds to the OpenTelemetry conventions',

  kind: oneOf('gen_ai.operation.name', {
    agent_step: 'agent',
    decide: 'llm',
    'ai.generateSpeech': 'llm',
    'ai.transcribe': 'llm',
    'ai.streamTranscribe': 'llm',
  }),

  facts: {
    userId: text('ai.settings.context.userId', 'ai.telemetry.metadata.userId'),
    sessionId: text('ai.settings.context.sessionId', 'ai.telemetry.metadata.sessionId'),
    serviceTier: providerTier,
    documentCount: converted(RANKED, (found) => found.length),
    inputDocumentCount: converted(INPUT_DOCUMENTS, (found) => found.length),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: {
      reasoningTokens: count('ai.usage.outputTokenDetails.reasoningTokens'),
      audioInputTokens: count('gen_ai.usage.input_token_details.audio_tokens'),
    },
    // The registry has no attributes for the lifetimes of cached tokens.
    details: { cache_write_5m: counted(providerCacheWrite5m), cache_write_1h: counted(providerCacheWrite1h) },
  },
  cost: counted(providerCost),

  content: {
    input: either(typedText('ai.decision.questions'), typedText('ai.request.text')),
    output: either(typedText('ai.decision.answers'), typedText('ai.response.text')),
    parameters: (span) => {
      const toolChoice = json('ai.prompt.toolChoice')(span);
      const schema = json('ai.schema')(span);
      if (toolChoice === undefined && schema === undefined) return undefined;
      return {
        ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
        ...(schema === undefined ? {} : { schema }),
      };
    },
    metadata: below('ai.settings.context.'),
    embedding: embeddings,
    inputDocuments: INPUT_DOCUMENTS,
    documents: RANKED,
    promptVariables: json('ai.decision.state'),
  },

  inputText: {
    keys: [
      'ai.values',
      'ai.value',
      'ai.documents',
      'ai.request.text',
      'ai.decision.state',
      'ai.decision.questions',
    ],
  },
  outputText: { keys: ['ai.response.text', 'ai.decision.answers'] },
};
