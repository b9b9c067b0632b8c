/**
 * A simple tokenizer: four characters are one token, and any text is at least one. Real tokenizers differ by
 * some ten per cent; what matters here is that the same text always counts the same.
 */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** What one image costs, whatever its size. */
export const IMAGE_TOKENS = 85;

/** The chunks in which a text is streamed: words with the space before them. Joined they are the text. */
export function splitIntoChunks(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Arguments of tool calls are streamed in pieces that are no JSON by themselves. */
export function splitArguments(json: string): string[] {
  return json.match(/[\s\S]{1,12}/g) ?? [];
}
