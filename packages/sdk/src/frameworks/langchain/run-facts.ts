import { list, number, record, text } from '../../core/json.ts';
import { isAbort } from '../../span/is-abort.ts';
import type { SpanUpdate } from '../../span/span-update.ts';

/* Reads what LangChain reports about a run besides its input and output. */

/** Parameters of a model call that have a name in `gen_ai.request.*`. */
const PARAMETERS = [
  'temperature',
  'max_tokens',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'seed',
];

export function parametersOf(invocation: Record<string, unknown>): SpanUpdate['parameters'] {
  const given = PARAMETERS.map((name) => [name, number(invocation[name])] as const);
  const stop = list(invocation.stop).filter((item) => typeof item === 'string');
  return {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    ...(stop.length > 0 ? { stop_sequences: stop } : {}),
  };
}

export function nameOf(serialized: unknown): string | undefined {
  const { name, id } = record(serialized);
  return text(name) ?? text(list(id).at(-1));
}

/** Whether a chain is a compiled LangGraph graph. Its nodes are plain runnables. */
export function isGraph(chain: unknown): boolean {
  const { id } = record(chain);
  return list(id)[0] === 'langgraph' && /Graph|Pregel/.test(String(list(id).at(-1)));
}

export function sessionOf(metadata: Readonly<Record<string, unknown>>): string | undefined {
  return text(metadata.session_id) ?? text(metadata.thread_id) ?? text(metadata.conversation_id);
}

export function unwrapped(value: unknown, key: 'input' | 'output'): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === key ? (value as Record<string, unknown>)[key] : value;
}

/** LangGraph throws these to leave a node, e.g. to wait for human input. They are not errors. */
const CONTROL_FLOW = new Set(['GraphInterrupt', 'NodeInterrupt', 'ParentCommand', 'GraphBubbleUp']);

export function isControlFlow(error: unknown): boolean {
  return CONTROL_FLOW.has(String(record(error).name));
}

/** Whether the application aborted the call, including the messages that LangChain uses for it. */
export function isAborted(error: unknown): boolean {
  const { message } = record(error);
  return isAbort(error) || message === 'Aborted' || message === 'AbortError';
}
