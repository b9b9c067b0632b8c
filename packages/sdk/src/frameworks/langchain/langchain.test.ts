import * as manager1 from '@langchain/core/callbacks/manager';
import { Document as Document1 } from '@langchain/core/documents';
import * as chatModels1 from '@langchain/core/language_models/chat_models';
import * as llms1 from '@langchain/core/language_models/llms';
import * as messages1 from '@langchain/core/messages';
import * as outputs1 from '@langchain/core/outputs';
import * as prompts1 from '@langchain/core/prompts';
import * as retrievers1 from '@langchain/core/retrievers';
import * as runnables1 from '@langchain/core/runnables';
import * as singletons1 from '@langchain/core/singletons';
import * as tools1 from '@langchain/core/tools';
import { pause } from '@throughline/tests/pause';
import * as manager0 from 'langchain-core-0/callbacks/manager';
import { Document as Document0 } from 'langchain-core-0/documents';
import * as chatModels0 from 'langchain-core-0/language_models/chat_models';
import * as llms0 from 'langchain-core-0/language_models/llms';
import * as messages0 from 'langchain-core-0/messages';
import * as outputs0 from 'langchain-core-0/outputs';
import * as prompts0 from 'langchain-core-0/prompts';
import * as retrievers0 from 'langchain-core-0/retrievers';
import * as runnables0 from 'langchain-core-0/runnables';
import * as singletons0 from 'langchain-core-0/singletons';
import * as tools0 from 'langchain-core-0/tools';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seen } from '../../../test-support/seen.ts';
import { InMemoryExporter, init, observe, shutdown } from '../../index.ts';
import type { RecordedSpan } from '../../testing.ts';
import { langchainHandler } from './handler.ts';
import { patchLangchain } from './langchain.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const above = (span: RecordedSpan | undefined) =>
  spans.spans.find(({ spanId }) => spanId === span?.parentSpanId)?.name;

const V1 = {
  manager: manager1,
  chatModels: chatModels1,
  llms: llms1,
  singletons: singletons1,
  messages: messages1,
  outputs: outputs1,
  prompts: prompts1,
  retrievers: retrievers1,
  runnables: runnables1,
  tools: tools1,
  Document: Document1,
};
const V0 = {
  manager: manager0,
  chatModels: chatModels0,
  llms: llms0,
  singletons: singletons0,
  messages: messages0,
  outputs: outputs0,
  prompts: prompts0,
  retrievers: retrievers0,
  runnables: runnables0,
  tools: tools0,
  Document: Document0,
} as unknown as typeof V1;

describe.each([
  ['1', V1],
  ['0.3', V0],
])('@langchain/core %s', (_major, lc) => {
  interface Answer {
    content: string;
    response_metadata?: Record<string, unknown>;
    usage_metadata?: messages1.UsageMetadata;
    delayMs?: number;
    error?: Error;
  }
  class Model extends lc.chatModels.BaseChatModel {
    readonly #answer: Answer;
    constructor(answer: Answer) {
      super({});
      this.#answer = answer;
    }
    _llmType() {
      return 'test';
    }
    override getLsParams() {
      return {
        ls_provider: 'openai',
        ls_model_name: 'gpt-4o',
        ls_model_type: 'chat' as const,
        ls_temperature: 0.3,
      };
    }
    override invocationParams() {
      return { max_tokens: 50, tools: [{ type: 'function', function: { name: 'add' } }] };
    }
    override async _generate() {
      if (this.#answer.error !== undefined) throw this.#answer.error;
      const message = new lc.messages.AIMessage(this.#answer as messages1.AIMessageFields);
      return { generations: [{ text: String(message.content), message }] };
    }
    override async *_streamResponseChunks(
      _messages: unknown,
      _options: unknown,
      run?: { handleLLMNewToken: (token: string, ...rest: never[]) => Promise<void> },
    ) {
      const words = String(this.#answer.content).split(' ');
      for (const [index, content] of words.entries()) {
        await pause(this.#answer.delayMs ?? 0);
        const isLast = index === words.length - 1;
        const message = new lc.messages.AIMessageChunk({
          content,
          ...(isLast ? { usage_metadata: this.#answer.usage_metadata } : {}),
        } as never);
        const chunk = new lc.outputs.ChatGenerationChunk({ text: content, message });
        await run?.handleLLMNewToken(
          content,
          ...([undefined, undefined, undefined, undefined, { chunk }] as never[]),
        );
        yield chunk;
      }
    }
  }

  const usage_metadata: messages1.UsageMetadata = {
    input_tokens: 20,
    output_tokens: 7,
    total_tokens: 27,
    input_token_details: { cache_read: 12 },
    output_token_details: { reasoning: 3 },
  };

  describe('patched', () => {
    beforeAll(() => {
      patchLangchain(lc);
      patchLangchain(lc);
    });

    it('records a chain with its prompt and model', async () => {
      const chain = lc.prompts.ChatPromptTemplate.fromMessages([
        ['system', 'Be brief.'],
        ['human', '{question}'],
      ]).pipe(
        new Model({
          content: 'Blue.',
          usage_metadata,
          response_metadata: { model_name: 'gpt-4o-2024', finish_reason: 'stop', id: 'r-1' },
        }),
      );
      const answer = await chain.invoke(
        { question: 'Which colour is the sky?' },
        { runName: 'sky', metadata: { session_id: 's-1' } },
      );
      expect(answer.content).toBe('Blue.');
      const model = spans.find({ kind: 'llm' });
      expect(seen(model)).toMatchObject({
        name: 'chat gpt-4o',
        provider: 'openai',
        requestModel: 'gpt-4o',
        responseModel: 'gpt-4o-2024',
        finishReasons: ['stop'],
        responseId: 'r-1',
        usage: { inputTokens: 20, outputTokens: 7, cacheReadTokens: 12, reasoningTokens: 3 },
        content: {
          inputMessages: [
            { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
            { role: 'user', parts: [{ type: 'text', content: 'Which colour is the sky?' }] },
          ],
          outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Blue.' }] }],
          parameters: { temperature: 0.3, max_tokens: 50 },
          toolDefinitions: [{ type: 'function', function: { name: 'add' } }],
        },
      });
      expect(above(model)).toBe('sky');
      const root = spans.find({ name: 'sky' });
      expect(root).toMatchObject({ kind: 'chain', parentSpanId: undefined });
      expect(root?.input).toEqual({ question: 'Which colour is the sky?' });
      expect(root?.attributes['session.id']).toBe('s-1');
      expect(spans.filter({ kind: 'llm' })).toHaveLength(1);
    });

    it('records usage and time to first token of streams', async () => {
      const words: unknown[] = [];
      for await (const chunk of await new Model({
        content: 'slow and steady',
        usage_metadata,
        delayMs: 15,
      }).stream('go'))
        words.push(chunk.content);
      expect(words).toEqual(expect.arrayContaining(['slow', 'and', 'steady']));
      const model = spans.find({ kind: 'llm' });
      const facts = seen(model);
      expect(facts.usage).toMatchObject({ inputTokens: 20, outputTokens: 7 });
      expect(facts.ttftMs).toBeGreaterThan(10);
      expect(facts.ttftMs).toBeLessThanOrEqual(model?.durationMs ?? 0);
      expect(facts.content.outputMessages).toMatchObject([{ parts: [{ content: 'slowandsteady' }] }]);
    });

    it('marks a stream that the application leaves as cancelled', async () => {
      for await (const _chunk of await new Model({ content: 'a b c d', delayMs: 2 }).stream('go')) break;
      const model = spans.find({ kind: 'llm' });
      expect(model?.attributes['throughline.cancelled']).toBe(true);
      expect(model?.status).toBe('unset');
    });

    it('marks the chain of a stream that the application leaves as cancelled', async () => {
      const chain = lc.prompts.ChatPromptTemplate.fromTemplate('{q}').pipe(
        new Model({ content: 'a b c d', delayMs: 2 }),
      );
      for await (const _chunk of await chain.stream({ q: 'go' }, { runName: 'left' })) break;
      const root = spans.find({ name: 'left' });
      expect(root?.attributes['throughline.cancelled']).toBe(true);
      expect(above(spans.find({ kind: 'llm' }))).toBe('left');
    });

    it('records tools with the spans of their functions as children', async () => {
      const inner = observe(async (n: number) => n + 1, { name: 'inner', kind: 'tool' });
      const add = lc.tools.tool(async ({ n }: { n: number }) => String(await inner(n)), {
        name: 'add',
        description: 'adds one',
        schema: z.object({ n: z.number() }),
      });
      const message = await add.invoke({ id: 'call-1', name: 'add', args: { n: 4 }, type: 'tool_call' });
      expect(message.content).toBe('5');
      const tool = spans.find({ name: 'execute_tool add' });
      expect(seen(tool)).toMatchObject({
        kind: 'tool',
        toolName: 'add',
        content: { tool: { name: 'add', callId: 'call-1', arguments: { n: 4 } } },
      });
      expect(tool?.output).toBe(5);
      expect(above(spans.find({ name: 'inner' }))).toBe('execute_tool add');
    });

    it('records an error and rethrows the same one', async () => {
      const error = new RangeError('too hot');
      const broken = lc.tools.tool(
        async () => {
          throw error;
        },
        { name: 'broken', schema: z.object({}) },
      );
      await expect(broken.invoke({})).rejects.toBe(error);
      expect(spans.find({ kind: 'tool' })).toMatchObject({ status: 'error', errorType: 'RangeError' });
      const model = new Model({ content: '', error: new Error('no answer') });
      await expect(model.invoke('x')).rejects.toThrow('no answer');
      expect(spans.find({ kind: 'llm' })).toMatchObject({ status: 'error' });
    });

    it('records the documents of a retriever', async () => {
      class Shelf extends lc.retrievers.BaseRetriever {
        lc_namespace = ['test'];
        override async _getRelevantDocuments(query: string) {
          return [new lc.Document({ pageContent: `about ${query}`, metadata: { page: 3 }, id: 'd-1' })];
        }
      }
      await new Shelf().invoke('cats');
      const retriever = spans.find({ kind: 'retriever' });
      expect(retriever).toMatchObject({ name: 'Shelf', input: 'cats' });
      expect(retriever?.output).toEqual([{ id: 'd-1', content: 'about cats', metadata: { page: 3 } }]);
    });

    it('records parallel branches as children of their chain', async () => {
      const model = (content: string) => new Model({ content });
      const both = lc.runnables.RunnableMap.from({ a: model('A'), b: model('B') } as never);
      await both.invoke('x' as never, { runName: 'both' });
      const models = spans.filter({ kind: 'llm' });
      expect(models.map(above)).toEqual(['both', 'both']);
      expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(1);
    });

    it('records nothing after shutdown', async () => {
      await shutdown();
      expect((await new Model({ content: 'still' }).invoke('x')).content).toBe('still');
      expect(spans.spans).toEqual([]);
    });
  });
});

describe('langchainHandler', () => {
  it('traces a call that it is passed to', async () => {
    const chain = V0.runnables.RunnableLambda.from(async (n: number) => n * 2);
    await chain.invoke(4, { callbacks: [langchainHandler() as never], runName: 'twice' });
    expect(spans.spans).toHaveLength(1);
    expect(spans.find({ name: 'twice' })).toMatchObject({ kind: 'chain', input: 4, output: 8 });
  });
});
