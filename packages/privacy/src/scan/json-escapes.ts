const ESCAPED_ASCII = /\\u00[2-7][0-9a-f]/gi;

/**
 * Replaces escapes of ASCII characters in JSON text, such as `\u0040`, with the characters themselves. Some encoders
 * escape `+`, `&` or `@`, and detectors must find them too. Escaped quotes and backslashes are kept, so that the text
 * remains the same JSON. Returns undefined if nothing was replaced.
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

/** True if the backslash at `index` is itself escaped by a backslash before it. */
function isBackslashEscaped(text: string, index: number): boolean {
  let start = index;
  while (text.charCodeAt(start - 1) === 0x5c) start--;
  return (index - start) % 2 === 1;
}
