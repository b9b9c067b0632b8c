import { formatCount } from '@throughline/spans';
import type { SpanDetail } from '../contract/span.ts';

/** The content of a span as texts, most useful first. */
export const SPAN_PARTS = [
  'error',
  'output',
  'input',
  'tool',
  'documents',
  'scores',
  'parameters',
  'prompt',
  'metadata',
  'events',
  'attributes',
  'resource',
  'links',
] as const;
export type SpanPart = (typeof SPAN_PARTS)[number];

type Message = NonNullable<SpanDetail['inputMessages']>[number];
type Part = Message['parts'][number];
type Document = NonNullable<SpanDetail['documents']>[number];

const EXCEPTION = 'exception';

const READERS: Readonly<Record<SpanPart, (span: SpanDetail) => string>> = {
  error: errorText,
  output: ({ outputMessages, output, embedding }) =>
    messagesText(outputMessages) || (output?.text ?? '') || embeddingText(embedding),
  input: (span) =>
    messagesText(span.inputMessages) || (span.input?.text ?? '') || (span.embedding?.texts.join('\n') ?? ''),
  tool: toolText,
  documents: documentsText,
  scores: ({ scores }) =>
    scores
      .map(
        ({ name, value, source, comment }) => `${name} = ${value} (${source})${comment ? ` ${comment}` : ''}`,
      )
      .join('\n'),
  parameters: ({ parameters, toolDefinitions }) =>
    [isFilled(parameters) ? json(parameters) : '', toolDefinitions ? `tools: ${json(toolDefinitions)}` : '']
      .filter(Boolean)
      .join('\n'),
  prompt: ({ prompt }) => (prompt ? json(withoutNulls(prompt)) : ''),
  metadata: ({ metadata }) => (isFilled(metadata) ? json(metadata) : ''),
  events: ({ events }) =>
    events
      .filter(({ name }) => name !== EXCEPTION)
      .map(({ name, time, attributes }) => `${time} ${name} ${json(attributes)}`)
      .join('\n'),
  attributes: ({ attributes }) => (isFilled(attributes) ? json(attributes) : ''),
  resource: ({ resource }) => (isFilled(resource.attributes) ? json(resource.attributes) : ''),
  links: ({ links }) =>
    links
      .map(({ traceId, spanId, attributes }) => `trace ${traceId} span ${spanId} ${json(attributes)}`)
      .join('\n'),
};

/** The text of one part. Empty if the span does not have it. */
export function partText(span: SpanDetail, part: SpanPart): string {
  return READERS[part](span);
}

function errorText({ status, errorType, statusMessage, events }: SpanDetail): string {
  if (status !== 'error') return '';
  const exceptions = events
    .filter(({ name }) => name === EXCEPTION)
    .flatMap(({ attributes }) => {
      const {
        'exception.type': type,
        'exception.message': message,
        'exception.stacktrace': stack,
      } = attributes;
      return [joined(type, message), stack === undefined ? '' : String(stack)];
    });
  const texts = [joined(errorType, statusMessage), ...exceptions].filter((text) => text !== '');
  // Stack traces usually begin with the message.
  const own = texts.filter((text, index) => !texts.some((other, at) => at > index && other.includes(text)));
  return own.join('\n') || 'failed without a message';
}

function joined(type: unknown, message: unknown): string {
  return [type, message].filter(Boolean).join(': ');
}

function messagesText(messages: readonly Message[] | null): string {
  return (messages ?? [])
    .map(({ role, name, parts, finish_reason }) => {
      const finish = finish_reason ? ` (finish: ${finish_reason})` : '';
      return `[${role}${name ? ` ${name}` : ''}]${finish} ${parts.map(messagePart).join('\n')}`;
    })
    .join('\n');
}

function messagePart(part: Part): string {
  const { type, content } = part;
  if (type === 'text' && typeof content === 'string') return content;
  if (type === 'reasoning' && typeof content === 'string') return `(reasoning) ${content}`;
  if (type === 'tool_call') return `(calls ${part.name}) ${json(part.arguments)}`;
  if (type === 'tool_call_response') return `(result) ${json(part.response)}`;
  if (type === 'blob' && typeof content === 'string')
    return `(${part.modality} ${part.mime_type ?? ''}, ${formatCount(content.length)} characters of base64 left out)`;
  return json(part);
}

function toolText({ tool }: SpanDetail): string {
  if (!tool) return '';
  const { name, arguments: given, result } = tool;
  return [
    name ?? '',
    given === null ? '' : `arguments: ${json(given)}`,
    result === null ? '' : `result: ${json(result)}`,
  ]
    .filter(Boolean)
    .join('\n');
}

function documentsText({ retrieval, documents, usedDocuments }: SpanDetail): string {
  return [
    retrieval?.query ? `query: ${retrieval.query}` : '',
    retrieval?.inputDocuments ? `received:\n${retrieval.inputDocuments.map(documentText).join('\n')}` : '',
    documents ? `returned:\n${documents.map(documentText).join('\n')}` : '',
    usedDocuments ? `marks as used: ${json(usedDocuments)}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function documentText({ id, content, score, used, metadata }: Document, index: number): string {
  const facts = [id, score === null ? null : `score ${score}`, used ? 'used' : null]
    .filter(Boolean)
    .join(', ');
  return `${index + 1}. ${facts ? `(${facts}) ` : ''}${content ?? ''}${metadata === null ? '' : ` ${json(metadata)}`}`;
}

function embeddingText(embedding: SpanDetail['embedding']): string {
  return embedding?.dimensions ? `vectors with ${embedding.dimensions} dimensions` : '';
}

function json(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isFilled(record: object | null): boolean {
  return record !== null && Object.keys(record).length > 0;
}

function withoutNulls(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
