import type { SpanContent } from '../model/content.ts';
import type { Message, MessagePart } from '../model/messages.ts';

/** As long as the columns for lists are. Counted in UTF-16 units, never cut inside a character. */
const MAX_LENGTH = 200;
/** Looked at in steps, so that a text of megabytes is read only as far as the preview needs. */
const STEP = 256;

/** First 200 characters of what went in and came out, on one line; absent where there is nothing to show. */
export function previews(content: SpanContent): { input?: string; output?: string } {
  const input = shorten(inputText(content));
  const output = shorten(outputText(content));
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
}

/** What the user said last; for other kinds the question, the arguments, the texts, the plain input. */
function inputText(content: SpanContent): string | undefined {
  return (
    lastText(content.inputMessages, (role) => role === 'user') ??
    lastText(content.inputMessages, (role) => role !== 'assistant') ??
    content.retrieval?.query ??
    asText(content.tool?.arguments) ??
    content.embedding?.texts.find((text) => text !== '') ??
    content.input?.text
  );
}

/** What was answered in the end; else the calls it asked for, the result, the first document, the plain output. */
function outputText(content: SpanContent): string | undefined {
  return (
    lastText(content.outputMessages, () => true) ??
    asText(content.tool?.result) ??
    content.retrieval?.documents?.find((document) => document.content !== undefined)?.content ??
    content.output?.text
  );
}

function lastText(
  messages: readonly Message[] | undefined,
  speaks: (role: string) => boolean,
): string | undefined {
  const spoken = messages?.filter(({ role }) => speaks(role)) ?? [];
  return (
    lastOf(spoken, (part) =>
      part.type === 'text' || part.type === 'refusal' ? contentOf(part) : undefined,
    ) ??
    lastOf(spoken, (part) => (part.type === 'tool_call' && 'name' in part ? callText(part) : undefined)) ??
    lastOf(spoken, (part) =>
      part.type === 'tool_call_response' && 'response' in part ? asText(part.response) : undefined,
    ) ??
    lastOf(spoken, (part) => (part.type === 'reasoning' ? contentOf(part) : undefined))
  );
}

/** Of the last message that has such a part, its first. */
function lastOf(
  messages: readonly Message[],
  read: (part: MessagePart) => string | undefined,
): string | undefined {
  for (let at = messages.length - 1; at >= 0; at--) {
    for (const part of messages[at]?.parts ?? []) {
      const text = read(part);
      if (text !== undefined && text !== '') return text;
    }
  }
  return undefined;
}

function contentOf(part: MessagePart): string | undefined {
  return 'content' in part && typeof part.content === 'string' ? part.content : undefined;
}

function callText(part: MessagePart): string {
  const { name, arguments: args } = part as { name: unknown; arguments?: unknown };
  return `${name}(${asText(args) ?? ''})`;
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const SPACES = /\s+/g;

/** White space becomes single spaces. */
function shorten(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  let short = isEven(text) ? text.slice(0, MAX_LENGTH + 1) : evened(text);
  if (short.length > MAX_LENGTH) {
    const splits = (short.charCodeAt(MAX_LENGTH - 1) & 0xfc00) === 0xd800;
    short = short.slice(0, splits ? MAX_LENGTH - 1 : MAX_LENGTH);
  }
  short = short.trimEnd();
  return short === '' ? undefined : short;
}

/** Whether as much as is shown of the text can stay: printable ASCII with single spaces, as most texts begin. */
function isEven(text: string): boolean {
  let afterSpace = true;
  for (let at = 0; at < text.length && at <= MAX_LENGTH; at++) {
    const code = text.charCodeAt(at);
    const isSpace = code === 0x20;
    if (isSpace ? afterSpace : code < 0x20 || code > 0x7e) return false;
    afterSpace = isSpace;
  }
  return true;
}

function evened(text: string): string {
  let short = '';
  for (let at = 0; at < text.length && short.length <= MAX_LENGTH; at += STEP) {
    short = (short + text.slice(at, at + STEP)).replace(SPACES, ' ');
    if (short === ' ') short = '';
  }
  return short.trimStart();
}
