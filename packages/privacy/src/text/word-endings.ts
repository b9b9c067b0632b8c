/**
 * Compiles a fast check that a text may end, at a given index, with one of `words`. ASCII case is ignored. The check
 * compares only the last three characters, because it runs for every colon and equals sign. It can accept other words,
 * but it never rejects one of `words`.
 */
export function compileEndings(words: Iterable<string>): (text: string, end: number) => boolean {
  const table = new Uint8Array(32 ** 3);
  const list = [...words];
  if (list.some((word) => word.length < 3)) return () => true;
  for (const word of list) table[endingAt(word, word.length)] = 1;
  return (text, end) => end >= 3 && table[endingAt(text, end)] === 1;
}

/** Table index made of the low five bits of the last three characters. These bits ignore the case of a letter. */
function endingAt(text: string, end: number): number {
  const third = text.charCodeAt(end - 3) & 31;
  const second = text.charCodeAt(end - 2) & 31;
  return (third << 10) | (second << 5) | (text.charCodeAt(end - 1) & 31);
}
