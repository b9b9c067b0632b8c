import type { ServerResponse } from 'node:http';
import type { Pace } from './completion.ts';
import type { ModelRequest } from './model-request.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { Reply } from './script.ts';

/** What an endpoint may use. One per server. */
export interface ServerContext {
  readonly cache: PromptCache;
  readonly pace: Pace;
  /** `nextId('call')` → `call_000001`. Numbers are not used twice within a server. */
  nextId(prefix: string): string;
  /** Scripts first, then the brain. Throws `RequestError` where the reply is to be an error status. */
  decide(request: ModelRequest): Promise<Reply>;
}

/** `params`: the groups of the route's pattern. */
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
