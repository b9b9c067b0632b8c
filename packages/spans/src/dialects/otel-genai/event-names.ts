/**
 * Names of the events of OpenTelemetry's conventions for generative AI. They occur as events of a span and as log
 * records. Source: semantic-conventions `docs/gen-ai/gen-ai-events.md`, versions 1.27 to 1.38.
 */

/** All event names of the conventions start with this. */
export const GENAI_EVENT_PREFIX = 'gen_ai.';

/** The whole exchange with a model, if a client keeps content off the attributes of the span. */
export const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

/** The result of an evaluation. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result';

/** One answer of a model, versions 1.27 to 1.36. */
export const CHOICE_EVENT = 'gen_ai.choice';

/** One message of a request, versions 1.27 to 1.36: the role by the name of the event. */
export const MESSAGE_EVENT_ROLES: ReadonlyMap<string, 'system' | 'user' | 'assistant' | 'tool'> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
  // Semantic Kernel's name for messages of the developer.
  ['gen_ai.tool.developer', 'system'],
]);

/** Whether an event is a message that only gives context: instructions, an earlier answer, or a tool's result. */
export function isContextEvent(eventName: string): boolean {
  const role = MESSAGE_EVENT_ROLES.get(eventName);
  return role !== undefined && role !== 'user';
}
