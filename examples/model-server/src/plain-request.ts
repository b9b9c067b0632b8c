import type { ModelRequest } from './model-request.ts';

/** What a request that only has a text comes down to, so that scripts decide about it like about all others. */
export function plainRequest(api: ModelRequest['api'], model: string, text: string): ModelRequest {
  return {
    api,
    model,
    turns: [{ role: 'user', text, images: [], toolCalls: [] }],
    tools: [],
    toolChoice: 'none',
    parallelToolCalls: false,
    reasoning: false,
    stream: false,
    choices: 1,
  };
}
