import { isRecord } from '../attributes/attribute-readers.ts';
import { plainResponse, plainText } from './tool-parts.ts';

/** What a tool message of LangChain contains. */
export interface ToolMessage {
  readonly result: unknown;
  readonly callId?: string;
}

/**
 * Reads the tool message in a tool's output, in the forms in which LangChain serialises it: `{type: 'tool', data}`,
 * `{lc, kwargs}`, a plain dictionary, and each of these in `{output}`. Undefined for other values.
 */
export function toolMessageOf(value: unknown): ToolMessage | undefined {
  if (!isRecord(value)) return undefined;
  const inner = isRecord(value.output) && Object.keys(value).length === 1 ? value.output : value;
  const { data, kwargs } = inner;
  const message = inner.type === 'tool' && isRecord(data) ? data : isRecord(kwargs) ? kwargs : inner;
  const isMessage = 'content' in message && ('tool_call_id' in message || message.type === 'tool');
  if (!isMessage) return undefined;
  const { content, tool_call_id: callId } = message;
  return {
    result: plainResponse(plainText(content) ?? content),
    ...(typeof callId === 'string' && callId !== '' ? { callId } : {}),
  };
}

/**
 * Unwraps the arguments of a call that a Python decorator recorded as `{args, kwargs}`. Undefined if the value has another
 * form, or if it has both kinds of arguments.
 */
export function callArguments(value: unknown): unknown {
  if (!isRecord(value)) return undefined;
  const { args, kwargs } = value;
  if (!Array.isArray(args) || !isRecord(kwargs) || Object.keys(value).length !== 2) return undefined;
  const named = Object.keys(kwargs).length;
  if (args.length === 0) return kwargs;
  if (named > 0) return undefined;
  return args.length === 1 ? args[0] : args;
}
