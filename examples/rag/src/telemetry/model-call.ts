import { Stream as AnthropicStream } from '@anthropic-ai/sdk/core/streaming';
import { type Context, context, createContextKey, type Span } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Stream as OpenAIStream } from 'openai/core/streaming';
import { recordFailure } from './spans.ts';

/**
 * What OpenInference's instrumentations leave out of the spans of model calls, added by the application:
 *
 * - a name that says what the call is for, instead of `OpenAI Chat Completions`;
 * - the time to the first chunk;
 * - the usage of streamed chats, which comes in a last chunk that they pass over;
 * - the failure of an OpenAI call: they do not end its span, so that it would never be sent;
 * - the failure of a stream: they read a copy of it without a catch, which would end the process.
 */
interface ModelCall {
  readonly name: string;
  readonly startedAtMs: number;
  /** The instrumentation's span, once it has started. */
  span?: Span;
  hasFirstChunk: boolean;
}

const MODEL_CALL = createContextKey('model call');

function activeCall(from: Context): ModelCall | undefined {
  return from.getValue(MODEL_CALL) as ModelCall | undefined;
}

/** Runs one call of a model SDK to its end, streams included. */
export async function modelCall<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  const call: ModelCall = { name, startedAtMs: performance.now(), hasFirstChunk: false };
  return context.with(context.active().setValue(MODEL_CALL, call), async () => {
    try {
      return await run();
    } catch (error) {
      if (call.span?.isRecording()) {
        recordFailure(call.span, error);
        call.span.end();
      }
      throw error;
    }
  });
}

/** Finds the spans that instrumentations start within `modelCall`, and names them. */
export class ModelCallProcessor implements SpanProcessor {
  onStart(span: Span, parentContext: Context): void {
    const call = activeCall(parentContext);
    if (call === undefined || call.span !== undefined) return;
    call.span = span;
    span.updateName(call.name);
  }
  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

interface Teeable {
  // biome-ignore lint/suspicious/noExplicitAny: the method of two SDKs, whose items differ
  prototype: { tee(this: any): [any, any] };
  // biome-ignore lint/suspicious/noExplicitAny: as above
  new (iterator: () => AsyncIterator<any>, controller: AbortController): any;
}

/**
 * The instrumentations call `tee` on each stream and read the second copy. That copy is looked at first, so that
 * what is found is on the span before they end it. Returns how to undo this.
 */
export function observeStreams(): () => void {
  const undo = [OpenAIStream, AnthropicStream].map((streamClass) => {
    const Stream = streamClass as unknown as Teeable;
    const original = Stream.prototype.tee;
    Stream.prototype.tee = function () {
      const [mine, copy] = original.call(this);
      const call = activeCall(context.active());
      return call === undefined
        ? [mine, copy]
        : [mine, new Stream(() => observe(copy, call), copy.controller)];
    };
    return () => {
      Stream.prototype.tee = original;
    };
  });
  return () => {
    for (const restore of undo) restore();
  };
}

async function* observe(
  copy: AsyncIterable<unknown>,
  call: ModelCall,
): AsyncGenerator<unknown, void, undefined> {
  try {
    for await (const event of copy) {
      if (!call.hasFirstChunk && hasContent(event)) {
        call.hasFirstChunk = true;
        const seconds = (performance.now() - call.startedAtMs) / 1000;
        call.span?.setAttribute('gen_ai.response.time_to_first_chunk', seconds);
      }
      call.span?.setAttributes(chatUsage(event));
      yield event;
    }
  } catch (error) {
    // The copy ends here without an error; the application gets it from its own.
    if (call.span === undefined) return;
    recordFailure(call.span, error);
    // The instrumentation now believes that all went well; its `OK` must not replace the error.
    call.span.setStatus = function () {
      return this;
    };
  }
}

/** Whether a chunk brings something that the model wrote, in any of the three APIs. */
function hasContent(event: unknown): boolean {
  const { type, choices } = event as {
    type?: string;
    choices?: { delta?: { content?: string | null; tool_calls?: unknown[] } }[];
  };
  const delta = choices?.[0]?.delta;
  return (
    type === 'content_block_delta' ||
    (type?.endsWith('.delta') ?? false) ||
    (delta?.content ?? '') !== '' ||
    (delta?.tool_calls?.length ?? 0) > 0
  );
}

function chatUsage(event: unknown): Record<string, number> {
  const { usage, choices } = event as { choices?: unknown; usage?: OpenAIUsage | null };
  if (choices === undefined || usage === undefined || usage === null) return {};
  return {
    'llm.token_count.prompt': usage.prompt_tokens,
    'llm.token_count.completion': usage.completion_tokens,
    'llm.token_count.total': usage.total_tokens,
    'llm.token_count.prompt_details.cache_read': usage.prompt_tokens_details?.cached_tokens ?? 0,
    'llm.token_count.completion_details.reasoning': usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

interface OpenAIUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
}
