import type { Read } from '../attributes/attribute-readers.ts';
import { parsedOrText, parseStructure } from '../attributes/parse-json.ts';
import type { ContentFields, Dialect } from '../dialects/dialect.ts';
import { DIALECTS, SHAPES } from '../dialects/dialects.ts';
import { perShape } from '../dialects/shapes.ts';
import { messagesFromRequest, messagesFromResponse } from '../messages/messages-from-body.ts';
import type {
  EmbeddingContent,
  PromptContent,
  RetrievalContent,
  SpanContent,
  ToolContent,
  TypedText,
} from '../model/content.ts';
import type { SpanKind } from '../model/kind.ts';
import type { Message, MessagePart } from '../model/messages.ts';
import type { RawSpan } from '../model/raw-span.ts';
import { previews } from './previews.ts';
import { createKindReader } from './read-kind.ts';
import { markUsedDocuments } from './used-documents.ts';

type Fields = { -readonly [F in keyof ContentFields]?: ContentFields[F] };
type Merged = 'parameters' | 'metadata';

/** Fields whose keys come together from all dialects; of all others the first answer is the answer. */
const MERGED: ReadonlySet<string> = new Set<Merged>(['parameters', 'metadata']);

/** What went in and out of a span by the known vocabularies. Never throws; what no vocabulary says is absent. */
export const mapContent: (span: RawSpan) => SpanContent = createContentMapper(DIALECTS);

const PREVIEWED: ReadonlySet<string> = new Set<keyof ContentFields>([
  'input',
  'output',
  'inputMessages',
  'outputMessages',
  'toolArguments',
  'toolResult',
  'query',
  'documents',
  'embedding',
]);

/** As much of the content as {@link previews} looks at: for every span that arrives. */
const mapPreviewed = perShape(SHAPES, (dialects) => createContentMapper(dialects, PREVIEWED));

/** `previews(mapContent(span))` without the rest of the content. */
export function mapPreviews(span: RawSpan): ReturnType<typeof previews> {
  return previews(mapPreviewed(span));
}

/** The runner: asks the dialects for each field in their order and knows none of them. */
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
    fields.inputMessages ?? fromBody(input, kind, messagesFromRequest),
    fields.systemInstructions,
  );
  const outputMessages = fields.outputMessages ?? fromBody(output, kind, messagesFromResponse);
  return present({
    input,
    output,
    inputMessages,
    outputMessages,
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

/** Instructions apart from the messages come first, unless the messages begin with them already. */
function withSystem(
  messages: readonly Message[] | undefined,
  instructions: readonly MessagePart[] | undefined,
): readonly Message[] | undefined {
  if (instructions === undefined || messages?.[0]?.role === 'system') return messages;
  return [{ role: 'system', parts: instructions }, ...(messages ?? [])];
}

/** Kinds whose plain input is a conversation if it looks like one. */
const TALKS: ReadonlySet<SpanKind> = new Set(['llm', 'agent', 'chain', 'prompt']);

function fromBody(
  text: TypedText | undefined,
  kind: SpanKind,
  read: (body: unknown) => readonly Message[] | undefined,
): readonly Message[] | undefined {
  return text === undefined || !TALKS.has(kind) ? undefined : read(parseStructure(text.text));
}

/** A tool's input and output are its arguments and its result where nothing closer is given. */
function toolOf(fields: Fields, kind: SpanKind): ToolContent | undefined {
  const isTool = kind === 'tool';
  return whole<ToolContent>({
    name: fields.toolName,
    callId: fields.toolCallId,
    description: fields.toolDescription,
    type: fields.toolType,
    arguments: fields.toolArguments ?? (isTool ? parsed(fields.input) : undefined),
    result: fields.toolResult ?? (isTool ? parsed(fields.output) : undefined),
    schema: fields.toolSchema,
  });
}

function parsed(text: TypedText | undefined): unknown {
  return text === undefined ? undefined : parsedOrText(text.text);
}

function embeddingOf({ embedding, input }: Fields, kind: SpanKind): EmbeddingContent | undefined {
  if (kind !== 'embedding' || input === undefined) return embedding;
  if (embedding !== undefined && embedding.texts.length > 0) return embedding;
  return { ...embedding, texts: [input.text] };
}

function retrievalOf(fields: Fields, kind: SpanKind): RetrievalContent | undefined {
  const asks = kind === 'retriever' || kind === 'reranker';
  return whole<RetrievalContent>({
    query: fields.query ?? (asks ? fields.input?.text : undefined),
    topK: fields.topK,
    inputDocuments: fields.inputDocuments,
    documents: fields.documents,
  });
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

/** Without the fields that are undefined. */
function present<T extends object>(record: Loose<T>): T {
  const kept: Partial<T> = {};
  for (const key in record) if (record[key] !== undefined) kept[key] = record[key];
  return kept as T;
}

/** The same, or undefined if nothing is left. */
function whole<T extends object>(record: Loose<T>): T | undefined {
  for (const key in record) if (record[key] !== undefined) return present<T>(record);
  return undefined;
}
