import { countTokens, createModelServer, when } from '@throughline/example-model-server';

/** Responses and failures that the tests of all clients share. */
export function createTestModelServer() {
  return createModelServer({
    scripts: [
      when({ user: 'limit me' }, { fault: { kind: 'status', status: 429, retryAfterSeconds: 30 } }),
      when({ user: 'fail' }, { fault: { kind: 'status', status: 500 } }),
      when({ user: 'slowly' }, { text: 'Slow and steady.', firstTokenMs: 120, tokenMs: 5 }),
      when({ user: 'capital of France' }, { text: 'Paris is the capital of France.' }),
    ],
  });
}

export const LONG_RULES = 'Answer like a lighthouse keeper, briefly and calmly. '.repeat(100);
export const LONG_RULES_TOKENS = countTokens(LONG_RULES);

/** JSON Schema of the arguments of the tool that the tests offer. */
export const ORDER_PARAMETERS = {
  type: 'object' as const,
  properties: { orderId: { type: 'string', description: 'Number of the order' } },
  required: ['orderId'],
};
