import { askedText } from './extract.ts';
import type { ModelRequest, ToolCall } from './model-request.ts';
import { lastUserText } from './model-request.ts';

/** How a call goes wrong. Every provider reports it in its own shape. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: 400 | 401 | 404 | 429 | 500 | 503 | 529;
      readonly message?: string;
      /** Sent as `retry-after`. */
      readonly retryAfterSeconds?: number;
    }
  /** An error event in the middle of a stream. Without streaming: status 500. */
  | { readonly kind: 'stream-error'; readonly afterChunks: number; readonly message?: string }
  /** The connection is cut in the middle of a stream, or before the answer without streaming. */
  | { readonly kind: 'disconnect'; readonly afterChunks: number };

export interface Reply {
  readonly text?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly Omit<ToolCall, 'id'>[];
  /** Default: `tool_calls` with tool calls, `length` where `maxTokens` cut the text, else `stop`. */
  readonly finish?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** Milliseconds before the first chunk, or before the whole answer without streaming. */
  readonly firstTokenMs?: number;
  /** Milliseconds between chunks. Without streaming the answer takes as long as all chunks would. */
  readonly tokenMs?: number;
  readonly fault?: Fault;
}

/** The first script that answers decides; where none does, the brain. */
export type Script = (request: ModelRequest) => Reply | undefined | Promise<Reply | undefined>;

export interface Match {
  readonly model?: string | RegExp;
  /** Tested against what the newest user turn asks, without its documents; a string has to be contained. */
  readonly user?: string | RegExp;
  /** Answers so many requests, then no more. Default: without end. */
  readonly times?: number;
}

/** A script that gives `reply` to the requests that match. */
export function when(match: Match, reply: Reply | ((request: ModelRequest) => Reply | undefined)): Script {
  let left = match.times ?? Number.POSITIVE_INFINITY;
  return (request) => {
    if (left <= 0 || !fits(match.model, request.model) || !fits(match.user, askedText(lastUserText(request))))
      return;
    left -= 1;
    return typeof reply === 'function' ? reply(request) : reply;
  };
}

function fits(pattern: string | RegExp | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
}
