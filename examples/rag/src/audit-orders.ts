import type { Assistant } from './assistant.ts';
import { converse } from './converse.ts';
import { SYSTEM_PROMPT } from './prompt.ts';
import { inSpan, valueAttributes } from './telemetry/spans.ts';
import { lookupOrder } from './tools.ts';

/**
 * An agent that looks up one order after the other; nine orders are ten turns.
 *
 *     order_audit
 *     ├─ inference
 *     ├─ lookup_order
 *     ├─ inference
 *     ⋮
 */
export function auditOrders(
  assistant: Assistant,
  orderIds: readonly string[],
  model: string,
): Promise<string> {
  const task = `Check the orders ${orderIds.join(', ')} and report their state.`;
  const attributes = { ...valueAttributes('input', task), 'agent.name': 'order_auditor' };
  return inSpan(assistant.tracer, 'order_audit', 'AGENT', attributes, async (span) => {
    const report = await converse(assistant, {
      model,
      system: SYSTEM_PROMPT,
      messages: [{ role: 'user', text: task }],
      tools: [lookupOrder],
      oneByOne: true,
      stream: false,
    });
    span.setAttributes(valueAttributes('output', report));
    return report;
  });
}
