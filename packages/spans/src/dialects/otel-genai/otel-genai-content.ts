import { valueToJson } from '../../attributes/attribute-json.ts';
import type { Read } from '../../attributes/attribute-readers.ts';
import { asCount, asJson, below, isRecord, needing, nonEmpty } from '../../attributes/attribute-readers.ts';
import { parsedOrText, parseStructure } from '../../attributes/parse-json.ts';
import { messagesFromText } from '../../messages/cut-messages.ts';
import { documentFrom } from '../../messages/documents.ts';
import { toParts } from '../../messages/message-parts.ts';
import { messagesFromJson } from '../../messages/messages-from-json.ts';
import { plainResponse } from '../../messages/tool-parts.ts';
import type { Document, EmbeddingContent } from '../../model/content.ts';
import type { Message, MessagePart } from '../../model/messages.ts';
import type { Attributes, AttributeValue, RawEvent, RawSpan } from '../../model/raw-span.ts';
import { CHOICE_EVENT, DETAILS_EVENT, MESSAGE_EVENT_ROLES } from './event-names.ts';

/** Reads an attribute from the span, otherwise from its details events. */
function attributeOf(span: RawSpan, key: string): AttributeValue | undefined {
  return span.attributes.get(key) ?? inDetails(span, key);
}

/** Some clients send the input in one details event and the output in a second one. */
function inDetails({ events }: RawSpan, key: string): AttributeValue | undefined {
  for (const { name, attributes } of events) {
    const value = name === DETAILS_EVENT ? attributes.get(key) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Reads messages from a JSON text, native values, or a plain text, which becomes a message of `role`. */
export function messages(key: string, role: string): Read<readonly Message[]> {
  return (span) => messagesOf(attributeOf(span, key), role);
}

function messagesOf(value: AttributeValue | undefined, role: string): readonly Message[] | undefined {
  if (value === undefined || value === '') return undefined;
  const read = (json: unknown) => messagesFromJson(json, role);
  // SDKs convert a list of objects in an attribute to a list of JSON texts, one per message.
  if (Array.isArray(value)) {
    const isCut = (item: unknown) => typeof item === 'string' && item.startsWith('{') && !item.endsWith('}');
    if (!value.some(isCut)) return read(value.map(asJson));
    return nonEmpty(
      value.flatMap(
        (item) =>
          (typeof item === 'string' ? messagesFromText(item, read) : undefined) ?? read(asJson(item)) ?? [],
      ),
    );
  }
  if (typeof value !== 'string') return read(asJson(value));
  return messagesFromText(value, read) ?? read(value);
}

export const systemInstructions: Read<readonly MessagePart[]> = (span) => {
  const value = attributeOf(span, 'gen_ai.system_instructions');
  return value === undefined ? undefined : nonEmpty(toParts(asJson(value)));
};

/** Events of a tool contain its arguments and result, see `toolEvent`. */
const isTool = ({ attributes }: RawSpan) => attributes.get('gen_ai.operation.name') === 'execute_tool';

/**
 * Reads the arguments or the result of a tool from its events. Strands sends the arguments as the content of a tool message
 * and the result as a choice.
 */
export function toolEvent(name: string, key: string): Read<unknown> {
  return (span) => {
    if (span.events.length === 0 || !isTool(span)) return undefined;
    const value = span.events.find((event) => event.name === name)?.attributes.get(key);
    if (value === undefined) return undefined;
    const json = asJson(value);
    return plainResponse(json);
  };
}

export const inputEvents: Read<readonly Message[]> = (span) => {
  if (span.events.length === 0 || isTool(span)) return undefined;
  const found = span.events.flatMap((event) => {
    const role = MESSAGE_EVENT_ROLES.get(event.name);
    return role === undefined ? [] : (messagesFromJson(eventBody(event, role), role) ?? []);
  });
  return nonEmpty(found) ?? contentEvent(span, 'gen_ai.content.prompt', 'gen_ai.prompt', 'user');
};

export const outputEvents: Read<readonly Message[]> = (span) => {
  if (span.events.length === 0 || isTool(span)) return undefined;
  const found = span.events.flatMap((event) =>
    event.name === CHOICE_EVENT ? (messagesFromJson(eventBody(event, 'assistant'), 'assistant') ?? []) : [],
  );
  return nonEmpty(found) ?? contentEvent(span, 'gen_ai.content.completion', 'gen_ai.completion', 'assistant');
};

function contentEvent(
  span: RawSpan,
  name: string,
  key: string,
  role: string,
): readonly Message[] | undefined {
  const event = span.events.find((candidate) => candidate.name === name);
  return event === undefined ? undefined : messagesOf(event.attributes.get(key), role);
}

/**
 * Converts an event to a message of chat completions. The body is spread over several attributes or is JSON in one of
 * them. The `id` of a tool message is the id of its call.
 */
function eventBody(event: RawEvent, role: string): unknown {
  const whole = event.attributes.get('gen_ai.event.content') ?? event.attributes.get('event_body');
  const parsed =
    typeof whole === 'string' ? parsedOrText(whole) : whole === undefined ? undefined : asJson(whole);
  const fields = isRecord(parsed) ? { ...parsed } : fieldsOf(event.attributes);
  if (typeof parsed === 'string') fields.content = parsed;
  const message = fields.message;
  if (typeof message === 'string') fields.message = { role, content: textOrBlocks(message) };
  else if (Array.isArray(message)) fields.message = { role, content: message };
  if (role === 'tool') fields.tool_call_id ??= fields.id;
  return { ...fields, role: fields.role ?? role };
}

const EVENT_FIELDS = [
  'role',
  'content',
  'tool_calls',
  'id',
  'name',
  'message',
  'finish_reason',
  'reasoning_content',
];

function fieldsOf(attributes: Attributes): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of EVENT_FIELDS) {
    const value = attributes.get(name) ?? attributes.get(`gen_ai.${name}`);
    if (value !== undefined) fields[name] = name === 'content' ? textOrBlocks(value) : asJson(value);
  }
  return fields;
}

/** A content that is valid JSON but not a list of blocks is treated as text. */
function textOrBlocks(value: AttributeValue): unknown {
  const json = asJson(value);
  return typeof value === 'string' && !Array.isArray(json) ? value : json;
}

/** Reads a list of definitions or of JSON texts. */
export const toolDefinitions: Read<readonly unknown[]> = (span) => {
  const value = attributeOf(span, 'gen_ai.tool.definitions');
  if (value === undefined) return undefined;
  const json = asJson(value);
  if (!Array.isArray(json)) return undefined;
  return nonEmpty(json.map((item) => (typeof item === 'string' ? parsedOrText(item) : item)));
};

const REQUEST = 'gen_ai.request.';

/** Parameters outside of `gen_ai.request.*`, with their names in `parameters`. */
const MORE_PARAMETERS = new Map([
  ['gen_ai.output.type', 'output_type'],
  ['openai.request.service_tier', 'service_tier'],
  ['gen_ai.openai.request.service_tier', 'service_tier'],
  ['gen_ai.openai.request.seed', 'seed'],
  ['gen_ai.openai.request.response_format', 'response_format'],
]);

export const parameters: Read<Readonly<Record<string, unknown>>> = ({ attributes }) => {
  const found: Record<string, unknown> = Object.create(null);
  let any = false;
  for (const [key, value] of attributes) {
    const name = key.startsWith(REQUEST) ? key.slice(REQUEST.length) : MORE_PARAMETERS.get(key);
    if (name === undefined || name === 'model') continue;
    found[name] ??= valueToJson(value);
    any = true;
  }
  return any ? found : undefined;
};

export const promptVariables: Read<unknown> = below('gen_ai.prompt.variable.');

/** Reads `[{id, score, …}]`. Producers often add content and metadata. */
export function documents(key: string): Read<readonly Document[]> {
  return needing([key], ({ attributes }) => {
    const value = attributes.get(key);
    if (value === undefined) return undefined;
    const json = typeof value === 'string' ? parseStructure(value) : valueToJson(value);
    return Array.isArray(json) ? nonEmpty(json.map(documentFrom)) : undefined;
  });
}

export const embedding = needing<EmbeddingContent>(['gen_ai.operation.name'], (span) => {
  if (span.attributes.get('gen_ai.operation.name') !== 'embeddings') return undefined;
  const dimensions = asCount(span.attributes.get('gen_ai.embeddings.dimension.count') ?? null);
  const input = messagesOf(span.attributes.get('gen_ai.input.messages'), 'user') ?? [];
  const texts = input.flatMap(({ parts }) =>
    parts
      .map((part) => ('content' in part ? part.content : undefined))
      .filter((text) => typeof text === 'string'),
  );
  if (texts.length === 0 && dimensions === undefined) return undefined;
  return { texts, ...(dimensions === undefined ? {} : { dimensions }) };
});
