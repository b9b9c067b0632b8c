/** Returns the text before `index`: at most `reach` characters, and nothing before `from`. */
export function textBefore(text: string, index: number, from: number, reach: number): string {
  return text.slice(Math.max(from, index - reach), index);
}

/** Returns the text from `index` on: at most `reach` characters. */
export function textAfter(text: string, index: number, reach: number): string {
  return text.slice(index, index + reach);
}
