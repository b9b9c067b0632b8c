import { contentWords } from './words.ts';

/** Weight of a three-letter part of a word, relative to the word. */
const GRAM_WEIGHT = 0.35;

/**
 * Returns a vector of unit length for a text. Each word and each three-letter part of a word is hashed to a position, at
 * which it is added or subtracted. Texts about the same subject have similar vectors, and the same text always has the
 * same vector.
 */
export function embed(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  for (const [feature, weight] of features(text)) {
    const hash = fnv1a(feature);
    const position = hash % dimensions;
    vector[position] = (vector[position] ?? 0) + ((hash >>> 16) & 1 ? weight : -weight);
  }
  const length = Math.hypot(...vector);
  // Providers send single precision. Rounding keeps the JSON as short as theirs.
  return Array.from(vector, (value) => (length === 0 ? 0 : Math.fround(value / length)));
}

function features(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number) => counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const word of contentWords(text)) {
    add(word, 1);
    const padded = `_${word}_`;
    for (let index = 0; index + 3 <= padded.length; index += 1)
      add(padded.slice(index, index + 3), GRAM_WEIGHT);
  }
  // A word that occurs ten times matters more than one that occurs once, but not ten times as much.
  return new Map([...counts].map(([feature, count]) => [feature, Math.sqrt(count)]));
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // Mixes the bits, because the low ones select the position and a high one the sign.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
