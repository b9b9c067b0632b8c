/**
 * A simple tokenizer: four characters are one token, and any non-empty text has at least one. Real tokenizers differ by
 * about ten per cent. Here it matters only that the same text always has the same count.
 */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Tokens of one image of any size. */
export const IMAGE_TOKENS = 85;

/** Splits a text into chunks for streaming: words with the space before them. */
export function splitIntoChunks(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Splits the arguments of a tool call for streaming. The pieces are not valid JSON by themselves. */
export function splitArguments(json: string): string[] {
  return json.match(/[\s\S]{1,12}/g) ?? [];
}
