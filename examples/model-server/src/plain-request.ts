import type { ModelRequest } from './model-request.ts';

/** Returns the common form of a request that contains only a text, so that scripts can match it too. */
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
