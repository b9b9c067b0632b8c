import type { Document, SpanContent } from '../model/content.ts';
import type { Message, MessagePart } from '../model/messages.ts';
import { passagesOf, REPEATS, repeatedShare, wordsOf } from './conclusion/passages.ts';
import { estimateTokens } from './estimate-tokens.ts';

/**
 * What the input of a model call consists of. `context`: documents of the retrievers of the trace. `history`: messages
 * before the last one of the user. `results`: results of tools. `user`: the last message of the user, without documents.
 */
export const INPUT_CLASSES = [
  'instructions',
  'tools',
  'context',
  'history',
  'results',
  'user',
  'media',
] as const;
export type InputClass = (typeof INPUT_CLASSES)[number];

/** A document that a retriever or reranker of the trace returned before the call. */
export interface GivenDocument extends Document {
  readonly spanId: string;
  /** Index among the documents of its span, from 0. */
  readonly index: number;
}

/** One passage of the input. */
export interface InputPassage {
  readonly class: InputClass;
  readonly tokens: number;
  /** The beginning of the passage, on one line. */
  readonly preview: string;
  readonly document?: GivenDocument;
}

/** What became of a document. */
export interface DocumentUse {
  readonly document: GivenDocument;
  /** Estimated tokens of the document in the prompt; 0 if it is not there. */
  readonly promptTokens: number;
  /** Whether the answer repeats passages of it. */
  readonly echoed: boolean;
}

export interface InputShares {
  /** Classes that are not empty, in the order of {@link INPUT_CLASSES}. */
  readonly classes: readonly { readonly class: InputClass; readonly tokens: number }[];
  /** The largest first. */
  readonly passages: readonly InputPassage[];
  readonly documents: readonly DocumentUse[];
  readonly totalTokens: number;
}

/** Texts beyond this many characters are estimated by their beginning. */
const MOST_ESTIMATED = 10_000;
const MOST_PREVIEW = 120;
/** A document with at least this part of its passages in a text counts as being in it. */
const IS_THERE = 0.34;

/**
 * Says where the input tokens of a model call went. Nobody reports tokens by message, so they are estimated from the texts and
 * scaled to the reported number. What a media part costs is not known; what the texts leave of the reported number is
 * counted for it.
 *
 * @param reportedTokens input tokens of the call; null if they were not reported
 */
export function inputShares(
  { inputMessages, outputMessages, output, toolDefinitions, input }: SpanContent,
  documents: readonly GivenDocument[],
  reportedTokens: number | null,
): InputShares {
  const messages: readonly Message[] =
    inputMessages ?? (input ? [{ role: 'user', parts: [{ type: 'text', content: input.text }] }] : []);
  const found = new Map<GivenDocument, number>();
  const passages = [
    ...messagePassages(messages, documents, found),
    ...(toolDefinitions ?? []).map((tool) => passageOf('tools', JSON.stringify(tool))),
  ].filter((passage) => passage.tokens > 0 || passage.class === 'media');
  const scaled = scale(passages, reportedTokens);
  const answer = wordsOf(
    outputMessages
      ? outputMessages.flatMap(({ parts }) => parts.map(textOf)).join('\n')
      : (output?.text ?? ''),
  );
  const factor = scaled.factor;
  return {
    classes: INPUT_CLASSES.flatMap((name) => {
      const tokens = scaled.passages.reduce((sum, each) => sum + (each.class === name ? each.tokens : 0), 0);
      return tokens > 0 ? [{ class: name, tokens }] : [];
    }),
    passages: scaled.passages.filter(({ tokens }) => tokens > 0).sort((a, b) => b.tokens - a.tokens),
    documents: documents.map((document) => ({
      document,
      promptTokens: Math.round((found.get(document) ?? 0) * factor),
      echoed: repeatedShare(answer, wordsOf(document.content ?? '')) >= REPEATS,
    })),
    totalTokens: scaled.passages.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

function messagePassages(
  messages: readonly Message[],
  documents: readonly GivenDocument[],
  found: Map<GivenDocument, number>,
): InputPassage[] {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  return messages.flatMap(({ role, parts }, at) =>
    parts.flatMap((part): InputPassage[] => {
      if (isMedia(part)) return [{ class: 'media', tokens: 0, preview: part.type }];
      const text = textOf(part);
      if (text === '') return [];
      const name = classOf(role, part, at === lastUser);
      if (name === 'history') return [passageOf(name, text)];
      return withDocuments(name, text, documents, found);
    }),
  );
}

function classOf(role: string, part: MessagePart, isLastUser: boolean): InputClass {
  if (role === 'system' || role === 'developer') return 'instructions';
  if (role === 'tool' || part.type === 'tool_call_response') return 'results';
  return isLastUser ? 'user' : 'history';
}

/** Splits a text into the documents that it contains and the rest. Each document counts where it is found first. */
function withDocuments(
  name: InputClass,
  text: string,
  documents: readonly GivenDocument[],
  found: Map<GivenDocument, number>,
): InputPassage[] {
  const words = documents.length > 0 ? wordsOf(text) : '';
  const inside: InputPassage[] = [];
  for (const document of documents) {
    if (found.has(document) || !document.content) continue;
    const share = shareIn(words, document.content);
    if (share < IS_THERE) continue;
    const tokens = Math.round(estimated(document.content) * share);
    found.set(document, tokens);
    inside.push({ class: 'context', tokens, preview: previewOf(document.content), document });
  }
  const all = estimated(text);
  const ofDocuments = inside.reduce((sum, { tokens }) => sum + tokens, 0);
  return [...inside, { class: name, tokens: Math.max(0, all - ofDocuments), preview: previewOf(text) }];
}

/** The part of the passages of a document that a text contains, from 0 to 1. `words` is from {@link wordsOf}. */
function shareIn(words: string, content: string): number {
  const own = wordsOf(content);
  if (own.trim() === '') return 0;
  if (words.includes(own)) return 1;
  const passages = passagesOf(own);
  return passages.length === 0
    ? 0
    : passages.filter((passage) => words.includes(passage)).length / passages.length;
}

function passageOf(name: InputClass, text: string): InputPassage {
  return { class: name, tokens: estimated(text), preview: previewOf(text) };
}

/** Scales the estimates to the reported tokens. If there is media, it gets what the texts leave. */
function scale(passages: readonly InputPassage[], reported: number | null) {
  const texts = passages.reduce((sum, { tokens }) => sum + tokens, 0);
  const media = passages.filter((passage) => passage.class === 'media').length;
  if (reported === null || (texts === 0 && media === 0)) return { passages, factor: 1 };
  const left = media > 0 ? Math.max(0, reported - texts) : 0;
  const factor = texts === 0 ? 1 : (reported - left) / texts;
  return {
    factor,
    passages: passages.map((passage) => ({
      ...passage,
      tokens: passage.class === 'media' ? Math.round(left / media) : Math.round(passage.tokens * factor),
    })),
  };
}

const MEDIA: ReadonlySet<string> = new Set(['blob', 'uri', 'file']);
const isMedia = ({ type }: MessagePart) => MEDIA.has(type);

function textOf(part: MessagePart): string {
  const {
    type,
    content,
    name,
    arguments: given,
    response,
    result = response,
  } = part as Readonly<Record<string, unknown>>;
  if (typeof content === 'string') return content;
  if (type === 'tool_call') return `${String(name)} ${asText(given)}`;
  return type === 'tool_call_response' ? asText(result) : '';
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function estimated(text: string): number {
  const part = text.slice(0, MOST_ESTIMATED);
  return part.length === text.length
    ? estimateTokens(part)
    : Math.round((estimateTokens(part) * text.length) / part.length);
}

function previewOf(text: string): string {
  return text
    .slice(0, MOST_PREVIEW * 2)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_PREVIEW);
}
