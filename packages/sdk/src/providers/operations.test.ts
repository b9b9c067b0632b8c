import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messages } from './anthropic/messages.ts';
import { converse, converseStream } from './bedrock/converse.ts';
import { invokeModel } from './bedrock/invoke-model.ts';
import { cohereChat, cohereChatStream } from './cohere/chat.ts';
import { cohereEmbed } from './cohere/embed.ts';
import { cohereRerank } from './cohere/rerank.ts';
import { embedContent } from './google/embed-content.ts';
import { generateContent, generateContentStream } from './google/generate-content.ts';
import { mistralChat, mistralChatStream } from './mistral/chat.ts';
import { mistralEmbeddings } from './mistral/embeddings.ts';
import { speech, transcription } from './openai/audio.ts';
import { batch } from './openai/batches.ts';
import { chat, completion } from './openai/chat.ts';
import { embeddings } from './openai/embeddings.ts';
import { images } from './openai/images.ts';
import { responses } from './openai/responses.ts';
import type { CallFacts, Operation } from './operation.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  chat,
  completion,
  responses,
  embeddings,
  images,
  speech,
  transcription,
  batch: batch('create'),
  messages,
  generateContent,
  generateContentStream,
  embedContent,
  mistralChat,
  mistralChatStream,
  mistralEmbeddings,
  cohereChat,
  cohereChatStream,
  cohereEmbed,
  cohereRerank,
  converse,
  converseStream,
  claude: invokeModel({ model: 'anthropic.claude', anthropic_version: '1' }, true),
  titan: invokeModel({ model: 'amazon.titan', inputText: 'x' }, true),
  titanEmbed: invokeModel({ model: 'amazon.titan-embed', inputText: 'x' }, false),
  nova: invokeModel({ model: 'amazon.nova', messages: [] }, true),
  other: invokeModel({ model: 'meta.llama' }, true),
};

/** Members that the readers access. The test fills them with arbitrary values, several levels deep. */
const KEYS = [
  ...[
    'choices',
    'delta',
    'message',
    'messages',
    'content',
    'contents',
    'parts',
    'text',
    'tool_calls',
    'toolCalls',
  ],
  ...[
    'function',
    'arguments',
    'index',
    'usage',
    'usageMetadata',
    'candidates',
    'output',
    'type',
    'item',
    'response',
  ],
  ...[
    'contentBlockDelta',
    'contentBlockIndex',
    'toolUse',
    'input',
    'system',
    'tools',
    'config',
    'prompt',
    'file',
  ],
  ...[
    'documents',
    'results',
    'embeddings',
    'data',
    'meta',
    'body',
    'chunk',
    'bytes',
    '__proto__',
    'constructor',
  ],
];
const TYPES = [
  ...['message_start', 'content_block_start', 'content_block_delta', 'message_delta', 'text_delta'],
  ...[
    'response.output_item.added',
    'response.output_text.delta',
    'response.completed',
    'transcript.text.done',
  ],
  ...['message-start', 'content-delta', 'tool-call-start', 'message-end', 'image_generation.completed'],
];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.anything({ maxDepth: 1, withBigInt: true, withTypedArray: true }),
    fc.constantFrom(...TYPES, -1, 1e300, Number.NaN, new Uint8Array([123, 125])),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  ),
}));
const body = fc.dictionary(fc.constantFrom(...KEYS, 'model', 'stream'), value, { maxKeys: 6 });

/** Calls the content functions, as recording the facts does. */
function readContent(facts: CallFacts): void {
  for (const member of Object.values(facts)) if (typeof member === 'function') member();
}

describe.each(Object.entries(OPERATIONS))('%s', (_, operation) => {
  it('reads requests, responses and streams of any shape without an error', () => {
    fc.assert(
      fc.property(body, fc.array(value, { maxLength: 6 }), (sent, received) => {
        readContent(operation.request(sent));
        for (const answer of received) readContent(operation.response(answer, sent));
        for (const keepsContent of [true, false]) {
          const options = { body: sent, keepsContent, maxCharacters: keepsContent ? 100 : 0 };
          const stream = operation.stream?.(options);
          if (stream === undefined) continue;
          for (const chunk of received) expect(typeof stream.add(chunk)).toBe('boolean');
          readContent(stream.answer());
        }
      }),
      { numRuns: 300 },
    );
  });
});
