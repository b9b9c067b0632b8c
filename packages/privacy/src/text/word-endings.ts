/**
 * A test whether a word ends like one of these: a table over the last three letters, since it is asked for every colon
 * and equals sign of a text. May say yes to others, never no to one of them (in any case of ASCII letters).
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
