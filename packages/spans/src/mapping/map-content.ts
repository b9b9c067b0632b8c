import type { Read } from '../attributes/attribute-readers.ts';
import { parsedOrText, parseStructure } from '../attributes/parse-json.ts';
import type { ContentFields, Dialect } from '../dialects/dialect.ts';
import { DIALECTS, SHAPES } from '../dialects/dialects.ts';
import { perShape } from '../dialects/shapes.ts';
import { messagesFromText } from '../messages/cut-messages.ts';
import { documentsOf } from '../messages/documents.ts';
import { messagesFromRequest, messagesFromResponse } from '../messages/messages-from-body.ts';
import { callArguments, toolMessageOf } from '../messages/tool-message.ts';
import type {
  EmbeddingContent,
  PromptContent,
  RetrievalContent,
  SpanContent,
  ToolContent,
  TypedText,
} from '../model/content.ts';
import type { SpanKind } from '../model/kind.ts';
import type { GenericPart, Message, MessagePart } from '../model/messages.ts';
import type { RawSpan } from '../model/raw-span.ts';
import { createKindReader } from './read-kind.ts';
import { markUsedDocuments } from './used-documents.ts';

type Fields = { -readonly [F in keyof ContentFields]?: ContentFields[F] };
type Merged = 'parameters' | 'metadata';

/** Fields that are merged by key from all dialects. For all others, the first value is used. */
const MERGED: ReadonlySet<string> = new Set<Merged>(['parameters', 'metadata']);

/** Maps the input and output of a span with all dialects. Never throws. Fields that no dialect reads are undefined. */
export const mapContent: (span: RawSpan) => SpanContent = createContentMapper(DIALECTS);

const TEXT_FIELDS: ReadonlySet<string> = new Set<keyof ContentFields>([
  'input',
  'output',
  'systemInstructions',
  'inputMessages',
  'outputMessages',
  'toolName',
  'toolArguments',
  'toolResult',
  'query',
  'documents',
  'inputDocuments',
  'embedding',
  'promptTemplate',
  'promptVariables',
]);

/**
 * Maps only the content that {@link previews} and `searchTextOf` need, because it runs for every incoming span. Both return
 * the same for it as for the whole content.
 */
export const mapTexts: (span: RawSpan) => SpanContent = perShape(SHAPES, (dialects) =>
  createContentMapper(dialects, TEXT_FIELDS),
);

/** Creates a mapper that tries the dialects in order for each field. It does not depend on any particular dialect. */
export function createContentMapper(
  dialects: readonly Dialect[],
  only?: ReadonlySet<string>,
): (span: RawSpan) => SpanContent {
  const byField = new Map<string, Read<unknown>[]>();
  for (const { content = {} } of dialects) {
    for (const [field, read] of Object.entries(content)) {
      if (only?.has(field) === false) continue;
      byField.set(field, [...(byField.get(field) ?? []), read as Read<unknown>]);
    }
  }
  const readKind = createKindReader(dialects);
  return (span) => {
    const fields: Fields = {};
    for (const [field, readers] of byField) {
      const value = MERGED.has(field) ? merged(readers, span) : first(readers, span);
      if (value !== undefined) (fields as Record<string, unknown>)[field] = value;
    }
    const content = assemble(fields, readKind(span));
    return content.usedDocuments ? markUsedDocuments(content, span.spanId, content.usedDocuments) : content;
  };
}

function first(readers: readonly Read<unknown>[], span: RawSpan): unknown {
  for (const read of readers) {
    const value = read(span);
    if (value !== undefined) return value;
  }
  return undefined;
}

function merged(readers: readonly Read<unknown>[], span: RawSpan): Record<string, unknown> | undefined {
  let all: Record<string, unknown> | undefined;
  for (const read of readers) {
    const found = read(span) as Readonly<Record<string, unknown>> | undefined;
    if (found === undefined) continue;
    for (const [key, value] of Object.entries(found)) {
      all ??= Object.create(null) as Record<string, unknown>;
      all[key] ??= value;
    }
  }
  return all;
}

function assemble(fields: Fields, kind: SpanKind): SpanContent {
  const { input, output, toolDefinitions, parameters, metadata } = fields;
  const inputMessages = withSystem(
    fields.inputMessages ?? fromBody(input, kind, messagesFromRequest) ?? fromText(input, kind, fields),
    fields.systemInstructions,
  );
  const outputMessages = fields.outputMessages ?? fromBody(output, kind, messagesFromResponse);
  const speaks = !SILENT_KINDS.has(kind);
  return present({
    input,
    output,
    inputMessages: speaks ? inputMessages : undefined,
    outputMessages: speaks ? outputMessages : undefined,
    toolDefinitions,
    parameters,
    tool: toolOf(fields, kind),
    embedding: embeddingOf(fields, kind),
    retrieval: retrievalOf(fields, kind),
    usedDocuments: fields.usedDocuments,
    prompt: promptOf(fields),
    metadata,
  });
}

/** Puts separate system instructions first, unless the messages already start with a system message. */
function withSystem(
  messages: readonly Message[] | undefined,
  instructions: readonly MessagePart[] | undefined,
): readonly Message[] | undefined {
  if (instructions === undefined || messages?.[0]?.role === 'system') return messages;
  return [{ role: 'system', parts: instructions }, ...(messages ?? [])];
}

/** A plain text becomes a message only if there are instructions, which would otherwise be the only message. */
function fromText(
  text: TypedText | undefined,
  kind: SpanKind,
  { systemInstructions }: Fields,
): readonly Message[] | undefined {
  if (text === undefined || systemInstructions === undefined || !CONVERSATION_KINDS.has(kind))
    return undefined;
  return text.mimeType === 'application/json'
    ? undefined
    : [{ role: 'user', parts: [{ type: 'text', content: text.text }] }];
}

/** Kinds whose input and output are arguments, results and documents. Their messages repeat these. */
const SILENT_KINDS: ReadonlySet<SpanKind> = new Set(['tool', 'retriever', 'reranker']);

/** Kinds whose plain input and output may be a conversation. */
const CONVERSATION_KINDS: ReadonlySet<SpanKind> = new Set(['llm', 'agent', 'chain', 'prompt']);

function fromBody(
  text: TypedText | undefined,
  kind: SpanKind,
  read: (body: unknown) => readonly Message[] | undefined,
): readonly Message[] | undefined {
  return text === undefined || !CONVERSATION_KINDS.has(kind) ? undefined : messagesFromText(text.text, read);
}

/**
 * Uses the plain input and output of a tool, or its messages, as its arguments and result, unless it has specific ones.
 * Frameworks wrap both: Python decorators record `{args, kwargs}`, LangChain a tool message.
 */
function toolOf(fields: Fields, kind: SpanKind): ToolContent | undefined {
  if (kind !== 'tool')
    return whole<ToolContent>({
      name: fields.toolName,
      callId: fields.toolCallId,
      description: fields.toolDescription,
      type: fields.toolType,
      arguments: fields.toolArguments,
      result: fields.toolResult,
      schema: fields.toolSchema,
    });
  const given =
    fields.toolArguments ?? parsed(fields.input) ?? partOf(fields.inputMessages, 'tool_call')?.arguments;
  const returned =
    fields.toolResult ??
    parsed(fields.output) ??
    partOf(fields.outputMessages, 'tool_call_response')?.response;
  const message = toolMessageOf(returned);
  return whole<ToolContent>({
    name: fields.toolName,
    callId: fields.toolCallId ?? message?.callId,
    description: fields.toolDescription,
    type: fields.toolType,
    arguments: callArguments(given) ?? given,
    result: message === undefined ? returned : message.result,
    schema: fields.toolSchema,
  });
}

function partOf(messages: readonly Message[] | undefined, type: string): GenericPart | undefined {
  for (const { parts } of messages ?? []) {
    const found = parts.find((part) => part.type === type);
    if (found !== undefined) return found as GenericPart;
  }
  return undefined;
}

function parsed(text: TypedText | undefined): unknown {
  return text === undefined ? undefined : parsedOrText(text.text);
}

function embeddingOf(
  { embedding, input, inputMessages }: Fields,
  kind: SpanKind,
): EmbeddingContent | undefined {
  if (kind !== 'embedding' || (embedding !== undefined && embedding.texts.length > 0)) return embedding;
  const texts = input === undefined ? textsOf(inputMessages) : [input.text];
  return texts.length === 0 ? embedding : { ...embedding, texts };
}

function textsOf(messages: readonly Message[] | undefined): readonly string[] {
  return (messages ?? []).flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' && typeof part.content === 'string' ? [part.content] : [])),
  );
}

/** Uses the plain input and output of a retriever or reranker as its query and documents, unless it has specific ones. */
function retrievalOf(fields: Fields, kind: SpanKind): RetrievalContent | undefined {
  const isSearch = kind === 'retriever' || kind === 'reranker';
  return whole<RetrievalContent>({
    query:
      fields.query ??
      (isSearch ? (queryOf(fields.input) ?? textsOf(fields.inputMessages).at(-1)) : undefined),
    topK: fields.topK,
    inputDocuments: fields.inputDocuments,
    documents:
      fields.documents ??
      (isSearch && fields.output !== undefined ? documentsOf(parseStructure(fields.output.text)) : undefined),
  });
}

/** Frameworks record the arguments of the call: `{query}`, `{args, kwargs}`. */
function queryOf(input: TypedText | undefined): string | undefined {
  if (input === undefined) return undefined;
  const said = messagesFromText(input.text, messagesFromRequest)?.at(-1)?.parts[0];
  return said !== undefined && 'content' in said && typeof said.content === 'string'
    ? said.content
    : input.text;
}

function promptOf(fields: Fields): PromptContent | undefined {
  return whole<PromptContent>({
    name: fields.promptName,
    version: fields.promptVersion,
    id: fields.promptId,
    template: fields.promptTemplate,
    variables: fields.promptVariables,
  });
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

/** Removes undefined fields. */
function present<T extends object>(record: Loose<T>): T {
  const kept: Partial<T> = {};
  for (const key in record) if (record[key] !== undefined) kept[key] = record[key];
  return kept as T;
}

/** Removes undefined fields. Returns undefined if no field is left. */
function whole<T extends object>(record: Loose<T>): T | undefined {
  for (const key in record) if (record[key] !== undefined) return present<T>(record);
  return undefined;
}
