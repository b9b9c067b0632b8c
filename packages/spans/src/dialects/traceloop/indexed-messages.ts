import { asJson, asText, needingPrefix, nonEmpty, type Read } from '../../attributes/attribute-readers.ts';
import { listAt } from '../../attributes/flattened.ts';
import { parsedOrText, parseStructure } from '../../attributes/parse-json.ts';
import { toParts } from '../../messages/message-parts.ts';
import { canonicalRole, missingCalls } from '../../messages/messages-from-json.ts';
import { toolCall, toolResponse } from '../../messages/tool-parts.ts';
import type { Message, MessagePart } from '../../model/messages.ts';
import type { Attributes } from '../../model/raw-span.ts';

/**
 * Reads messages that are flattened into `<prefix><i>.role`, `.content`, `.tool_calls.<j>.{id,name,arguments}` and
 * `.finish_reason`, as OpenLLMetry wrote them and others still do.
 */
export function indexedMessages(prefix: string, role: string): Read<readonly Message[]> {
  return needingPrefix([prefix], ({ attributes }) => {
    const items = listAt(attributes, prefix);
    return nonEmpty(items.map((item) => messageOf(item, role)).filter(({ parts }) => parts.length > 0));
  });
}

function messageOf(item: Attributes, fallback: string): Message {
  const role = canonicalRole(textAt(item, 'role'), fallback);
  const reason = textAt(item, 'finish_reason');
  const name = textAt(item, 'name');
  return {
    role,
    ...(name === undefined ? {} : { name }),
    parts: partsOf(item, role),
    ...(reason === undefined ? {} : { finish_reason: reason }),
  };
}

function partsOf(item: Attributes, role: string): MessagePart[] {
  // Completions of Anthropic had the role as the name of the key: `gen_ai.prompt.0.user`.
  const content = textAt(item, 'content') ?? textAt(item, '') ?? textAt(item, 'user');
  const callId = textAt(item, 'tool_call_id');
  if (role === 'tool') return content === undefined ? [] : [toolResponse(callId, content)];
  const thought = textAt(item, 'reasoning') ?? textAt(item, 'reasoning_content');
  const parts: MessagePart[] = thought === undefined ? [] : [{ type: 'reasoning', content: thought }];
  if (content !== undefined) {
    // A list of blocks is a JSON text; any other JSON was written by the model or the user.
    const blocks = content.startsWith('[') ? parseStructure(content) : undefined;
    parts.push(...(isBlocks(blocks) ? toParts(blocks) : [{ type: 'text', content }]));
  }
  const refusal = textAt(item, 'refusal');
  if (refusal !== undefined) parts.push({ type: 'refusal', content: refusal });
  return [...parts, ...missingCalls(parts, callsOf(item))];
}

function isBlocks(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every(
    (block) =>
      typeof block === 'object' &&
      block !== null &&
      ('type' in block || 'text' in block || 'toolUse' in block || 'toolResult' in block),
  );
}

/** Reads the calls of a flattened message. LiteLLM writes the older `function_call`. */
function callsOf(item: Attributes): MessagePart[] {
  const calls = listAt(item, 'tool_calls.').map((call) =>
    toolCall(
      textAt(call, 'id'),
      { name: textAt(call, 'name') ?? textAt(call, 'function.name') },
      argumentsOf(call, 'arguments') ?? argumentsOf(call, 'function.arguments'),
    ),
  );
  const name = textAt(item, 'function_call.name');
  if (name !== undefined)
    calls.push(toolCall(undefined, { name }, argumentsOf(item, 'function_call.arguments')));
  return calls.filter((call) => call !== undefined);
}

function argumentsOf(call: Attributes, key: string): unknown {
  const value = call.get(key);
  return value === undefined ? undefined : asJson(value);
}

/** Reads tools that are flattened into `llm.request.functions.<i>.{name,description,parameters}`. */
export function indexedFunctions(prefix: string): Read<readonly unknown[]> {
  return needingPrefix([prefix], ({ attributes }) =>
    nonEmpty(
      listAt(attributes, prefix).flatMap((item) => {
        const name = textAt(item, 'name');
        if (name === undefined) return [];
        const description = textAt(item, 'description');
        const parameters = textAt(item, 'parameters') ?? textAt(item, 'input_schema');
        return [
          {
            type: 'function',
            name,
            ...(description === undefined ? {} : { description }),
            ...(parameters === undefined ? {} : { parameters: parsedOrText(parameters) }),
          },
        ];
      }),
    ),
  );
}

function textAt(item: Attributes, key: string): string | undefined {
  const value = item.get(key);
  return value === undefined ? undefined : asText(value);
}
