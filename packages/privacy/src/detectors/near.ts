/** The text up to `reach` characters before `index`, not left of `from`. */
export function before(text: string, index: number, from: number, reach: number): string {
  return text.slice(Math.max(from, index - reach), index);
}

/** The text up to `reach` characters from `index` on. */
export function after(text: string, index: number, reach: number): string {
  return text.slice(index, index + reach);
}
