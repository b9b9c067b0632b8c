const ESCAPED_ASCII = /\\u00[2-7][0-9a-f]/gi;

/**
 * JSON text in which escapes such as `\u0040` are replaced by their characters, so that detectors read what a reader of
 * the JSON will read: some encoders escape `+`, `&` or `@`. Undefined if there are no such escapes. Quotes and
 * backslashes stay escaped, so the text remains the same JSON.
 */
export function unescapeAscii(text: string): string | undefined {
  if (!text.includes('\\u00')) return undefined;
  const plain = text.replace(ESCAPED_ASCII, (written, offset: number) => {
    const char = String.fromCharCode(Number.parseInt(written.slice(-4), 16));
    const staysEscaped = char === '"' || char === '\\' || char === '\x7f' || isBackslashEscaped(text, offset);
    return staysEscaped ? written : char;
  });
  return plain === text ? undefined : plain;
}

/** True if the backslash at `index` is itself escaped by the ones before it. */
function isBackslashEscaped(text: string, index: number): boolean {
  let start = index;
  while (text.charCodeAt(start - 1) === 0x5c) start--;
  return (index - start) % 2 === 1;
}
