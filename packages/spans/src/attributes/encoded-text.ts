import type { TypedText } from '../model/content.ts';
import type { RawSpan } from '../model/raw-span.ts';
import { asText, needing, type Read, withMimeType } from './attribute-readers.ts';
import { parseJson } from './parse-json.ts';

/*
 * Readers of attributes whose values are encoded as JSON, texts too: `"\"21 degrees\""`. A value that is not JSON is read as
 * it is.
 */

/** Returns the text of a JSON string, and any other text unchanged. */
export function decodedText(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  const parsed = parseJson(text) ?? parseString(text);
  return typeof parsed === 'string' ? parsed : text;
}

function parseString(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a text that is not empty. */
export const encodedText = (...keys: string[]): Read<string> =>
  needing(keys, ({ attributes }) => {
    for (const key of keys) {
      const value = attributes.get(key);
      const text = value === undefined ? undefined : asText(value);
      const decoded = text === undefined ? undefined : decodedText(text);
      if (decoded !== undefined && decoded !== '' && decoded !== 'null') return decoded;
    }
    return undefined;
  });

/** Reads a text and its type. `null` and empty texts are skipped. */
export const encodedContent = (...keys: string[]): Read<TypedText> =>
  needing(keys, ({ attributes }) => {
    for (const key of keys) {
      const value = attributes.get(key);
      if (value === undefined || value === null || value === '' || value === 'null') continue;
      const content = withMimeType(typeof value === 'string' ? decodedText(value) : value);
      if (content.text !== '') return content;
    }
    return undefined;
  });

/** Maps an encoded text with a table. Ignores case. */
export function encodedOneOf<T>(key: string, table: Readonly<Record<string, T>>): Read<T> {
  const byText = new Map(Object.entries(table).map(([name, value]) => [name.toLowerCase(), value]));
  const read = encodedText(key);
  return needing([key], (span) => {
    const name = read(span);
    return name === undefined ? undefined : byText.get(name.toLowerCase());
  });
}

/** Reads the time between the start of the span and a time in ISO 8601, in milliseconds. */
export const msUntil = (...keys: string[]): Read<number> => {
  const read = encodedText(...keys);
  return needing(keys, (span) => {
    const at = Date.parse(read(span) ?? '');
    return msSinceStart(span, at);
  });
};

function msSinceStart(span: RawSpan, at: number): number | undefined {
  const ms = at - Number(span.startTimeUnixNano / 1_000n) / 1_000;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
