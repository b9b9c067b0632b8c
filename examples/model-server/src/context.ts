import type { ServerResponse } from 'node:http';
import type { Pace } from './completion.ts';
import type { ModelRequest } from './model-request.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { Reply } from './script.ts';

/** Shared state of all endpoints of one server. */
export interface ServerContext {
  readonly cache: PromptCache;
  readonly pace: Pace;
  /** Returns a new id, e.g. `call_000001` for `nextId('call')`. Each number is used once per server. */
  nextId(prefix: string): string;
  /** Returns the reply of the first matching script, otherwise of the brain. Throws `RequestError` for error statuses. */
  decide(request: ModelRequest): Promise<Reply>;
}

/** Handles a request. `params` are the capture groups of the route's pattern. */
export type Endpoint = (
  body: unknown,
  response: ServerResponse,
  context: ServerContext,
  params: readonly string[],
) => Promise<void>;

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
