/**
 * Compiles a fast test whether a word ends like one of these, in any case of ASCII letters. It looks up the last three
 * letters in a table, because it runs for every colon and equals sign of a text. It may accept other words, but never
 * rejects one of these.
 */
export function compileEndings(words: Iterable<string>): (text: string, end: number) => boolean {
  const table = new Uint8Array(32 ** 3);
  const list = [...words];
  if (list.some((word) => word.length < 3)) return () => true;
  for (const word of list) table[endingAt(word, word.length)] = 1;
  return (text, end) => end >= 3 && table[endingAt(text, end)] === 1;
}

/** The low five bits of three characters; letters keep their place in the alphabet in either case. */
function endingAt(text: string, end: number): number {
  const third = text.charCodeAt(end - 3) & 31;
  const second = text.charCodeAt(end - 2) & 31;
  return (third << 10) | (second << 5) | (text.charCodeAt(end - 1) & 31);
}
