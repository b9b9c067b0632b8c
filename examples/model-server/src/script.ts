import { questionIn } from './extract.ts';
import type { ModelRequest, ToolCall } from './model-request.ts';
import { lastUserText } from './model-request.ts';

/** How a call fails. Each provider reports it in its own format. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: 400 | 401 | 404 | 429 | 500 | 503 | 529;
      readonly message?: string;
      /** Value of the `retry-after` header, in seconds. */
      readonly retryAfterSeconds?: number;
    }
  /** An error event in the middle of a stream, or status 500 without streaming. */
  | { readonly kind: 'stream-error'; readonly afterChunks: number; readonly message?: string }
  /** The connection is closed in the middle of a stream, or before the response without streaming. */
  | { readonly kind: 'disconnect'; readonly afterChunks: number };

export interface Reply {
  readonly text?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly Omit<ToolCall, 'id'>[];
  /** Default: `tool_calls` with tool calls, `length` if `maxTokens` truncated the text, otherwise `stop`. */
  readonly finish?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** Milliseconds before the first chunk, or before the complete response without streaming. */
  readonly firstTokenMs?: number;
  /** Milliseconds between chunks. Without streaming, the response takes as long as all chunks would. */
  readonly tokenMs?: number;
  readonly fault?: Fault;
}

/** Returns a reply, or undefined if the script does not match. The first script that replies decides. */
export type Script = (request: ModelRequest) => Reply | undefined | Promise<Reply | undefined>;

export interface Match {
  readonly model?: string | RegExp;
  /** Tested against the question in the last user turn, without documents. A string must be contained in it. */
  readonly user?: string | RegExp;
  /** Maximum number of requests to reply to. Default: no limit. */
  readonly times?: number;
}

/** Returns a script that replies to all requests that match. */
export function when(match: Match, reply: Reply | ((request: ModelRequest) => Reply | undefined)): Script {
  let left = match.times ?? Number.POSITIVE_INFINITY;
  return (request) => {
    if (
      left <= 0 ||
      !fits(match.model, request.model) ||
      !fits(match.user, questionIn(lastUserText(request)))
    )
      return;
    left -= 1;
    return typeof reply === 'function' ? reply(request) : reply;
  };
}

function fits(pattern: string | RegExp | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
}
