import { agent } from '@throughline/sdk';
import type { Assistant } from './assistant.ts';
import { converse } from './converse.ts';
import { SYSTEM_PROMPT } from './prompt.ts';
import { lookupOrder } from './tools.ts';

/**
 * An agent that looks up one order after another. Nine orders take ten turns.
 *
 *     order_audit
 *     ├─ inference
 *     ├─ lookup_order
 *     ├─ inference
 *     ⋮
 */
export const auditOrders = agent(
  (assistant: Assistant, orderIds: readonly string[], model: string): Promise<string> =>
    converse(assistant, {
      model,
      system: SYSTEM_PROMPT,
      messages: [{ role: 'user', text: taskOf(orderIds) }],
      tools: [lookupOrder],
      oneByOne: true,
      stream: false,
    }),
  { name: 'order_audit', agentName: 'order_auditor', input: (_assistant, orderIds) => taskOf(orderIds) },
);

function taskOf(orderIds: readonly string[]): string {
  return `Check the orders ${orderIds.join(', ')} and report their state.`;
}
