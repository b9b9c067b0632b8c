import { valueToJson } from '../attributes/attribute-json.ts';
import { parseStructure } from '../attributes/parse-json.ts';
import type { Document, SpanContent } from '../model/content.ts';
import type { Message, MessagePart } from '../model/messages.ts';
import type { Attributes, AttributeValue, RawEvent } from '../model/raw-span.ts';

/** Maximum length of the texts of a span that are searched, in UTF-16 code units. */
export const MAX_SEARCHED_LENGTH = 1 << 20;
/** Structures inside of texts inside of structures are decoded up to this depth. Deeper ones are searched as they are. */
const MAX_DEPTH = 8;

/** The parts of a span that are searched. */
export interface SearchableSpan {
  readonly name: string;
  readonly statusMessage: string;
  readonly events: readonly RawEvent[];
}

/**
 * Returns the texts of a span that are searched: name, status message, messages with tool calls and results, documents,
 * plain input and output, prompts and events. JSON is decoded, and a text that occurs twice is returned once.
 */
export function searchedTexts(span: SearchableSpan, content: SpanContent): readonly string[] {
  const texts = new TextCollector();
  texts.add(span.name);
  texts.add(span.statusMessage);
  addMessages(texts, content.outputMessages);
  addMessages(texts, content.inputMessages);
  const { tool, retrieval, embedding, prompt } = content;
  if (tool) {
    texts.add(tool.name);
    texts.addValue(tool.arguments);
    texts.addValue(tool.result);
  }
  if (retrieval) {
    texts.add(retrieval.query);
    addDocuments(texts, retrieval.documents);
    addDocuments(texts, retrieval.inputDocuments);
  }
  for (const text of embedding?.texts ?? []) texts.add(text);
  texts.add(prompt?.template);
  texts.addValue(prompt?.variables);
  // Instrumentations repeat mapped content as a JSON text, whose keys are not worth searching.
  texts.add(content.output?.text, content.outputMessages || tool?.result !== undefined ? 'values' : 'all');
  texts.add(content.input?.text, content.inputMessages || tool?.arguments !== undefined ? 'values' : 'all');
  addEvents(texts, span.events);
  return texts.texts;
}

function addMessages(texts: TextCollector, messages: readonly Message[] | undefined): void {
  for (const { parts } of messages ?? [])
    for (const part of parts) for (const value of searchedValues(part)) texts.addValue(value);
}

/** The values of a part that are searched. Data of images and sound is not. */
function searchedValues(of: MessagePart): readonly unknown[] {
  const part = of as Readonly<Record<string, unknown>>;
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return [part.content];
    case 'tool_call':
      return [part.name, part.arguments];
    case 'tool_call_response':
      return [part.response];
    case 'blob':
      return [part.transcript];
    case 'uri':
      return [part.uri];
    default: {
      const { type: _type, ...rest } = part;
      return [rest];
    }
  }
}

function addDocuments(texts: TextCollector, documents: readonly Document[] | undefined): void {
  for (const { id, content, metadata } of documents ?? []) {
    texts.add(content);
    texts.add(id);
    texts.addValue(metadata);
  }
}

/** Keys of events whose values describe the event and are the same for most spans. */
const EVENT_LABELS = new Set([
  'role',
  'index',
  'finish_reason',
  'gen_ai.system',
  'gen_ai.provider.name',
  'event.name',
]);

function addEvents(texts: TextCollector, events: readonly RawEvent[]): void {
  for (const { attributes } of events)
    for (const [key, value] of attributes) if (!EVENT_LABELS.has(key)) texts.addAttribute(value);
}

/** Base64 texts of this length and more are not searched. */
const MIN_BASE64 = 256;
const DATA_URL = /^data:[\w.+-]+\/[\w.+-]+;base64,/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** A structure in a text, or the rest of one that was cut off. */
const HOLDS_JSON = /[[{]\s*\\?"|\\"/;

/** Collects texts until the limit is reached. */
class TextCollector {
  readonly texts: string[] = [];
  #room = MAX_SEARCHED_LENGTH;
  readonly #seen = new Set<string>();

  /** Adds a text. If it is JSON, adds its texts and numbers, and with `all` its keys as well. */
  add(text: string | undefined, what: 'all' | 'values' = 'all'): void {
    if (text === undefined || text === '' || this.#room <= 0 || this.#seen.has(text)) return;
    this.#seen.add(text);
    const structure = parseStructure(text);
    if (structure === undefined) this.#append(decodeEscapes(text));
    else if (what === 'values') this.#addValues(structure, 0);
    else this.#append(plainText(structure));
  }

  /** Adds a value that was parsed from JSON. */
  addValue(value: unknown): void {
    if (typeof value === 'string') this.add(value);
    else if (typeof value === 'object' && value !== null) this.#append(plainText(value));
    else if (typeof value === 'number' || typeof value === 'boolean') this.#append(String(value));
  }

  addAttribute(value: AttributeValue | Attributes): void {
    if (typeof value === 'string') this.add(value, 'values');
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
      this.#addValues(valueToJson(value as AttributeValue), 0);
  }

  /** Adds each text of a structure on its own, so that those that were added before are not repeated. */
  #addValues(value: unknown, depth: number): void {
    if (typeof value === 'string') {
      if (depth < MAX_DEPTH) this.add(value, 'values');
      else this.#append(value);
    } else if (Array.isArray(value)) for (const item of value) this.#addValues(item, depth + 1);
    else if (typeof value === 'object' && value !== null)
      for (const key in value) this.#addValues((value as Record<string, unknown>)[key], depth + 1);
  }

  #append(text: string): void {
    if (this.#room <= 0 || text === '' || isBinary(text)) return;
    this.texts.push(text.length > this.#room ? text.slice(0, this.#room) : text);
    this.#room -= text.length;
  }
}

/** Keys, texts and numbers of a structure in their order, separated by spaces. */
function plainText(value: unknown): string {
  const pieces: string[] = [];
  collect(value, pieces, 0);
  return pieces.join(' ');
}

function collect(value: unknown, pieces: string[], depth: number): void {
  if (typeof value === 'string') {
    const structure = depth < MAX_DEPTH ? parseStructure(value) : undefined;
    if (structure !== undefined) collect(structure, pieces, depth + 1);
    else if (!isBinary(value)) pieces.push(decodeEscapes(value));
  } else if (Array.isArray(value)) for (const item of value) collect(item, pieces, depth + 1);
  else if (typeof value === 'object' && value !== null)
    for (const key in value) {
      pieces.push(key);
      collect((value as Record<string, unknown>)[key], pieces, depth + 1);
    }
  else if (value !== null && value !== undefined) pieces.push(String(value));
}

function isBinary(text: string): boolean {
  if (text.length < MIN_BASE64) return false;
  if (text.startsWith('data:') && DATA_URL.test(text.slice(0, 100))) return true;
  // Prose has a space among its first characters.
  return BASE64.test(text.slice(0, MIN_BASE64)) && BASE64.test(text);
}

/**
 * Decodes the escapes of JSON in a text that contains JSON but is not JSON as a whole, for example because it was cut off.
 * `\uXXXX` is decoded in every text. Other texts keep their backslashes, which separate words: `C:\temp`.
 */
function decodeEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  const decoded = text.replace(/\\+u([0-9a-fA-F]{4})/g, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // Two backslashes are one backslash of the text, which needs no decoding to separate words.
  return HOLDS_JSON.test(decoded) ? decoded.replace(/(?<!\\)((?:\\\\)*)\\[nrtbf]/g, '$1 ') : decoded;
}
