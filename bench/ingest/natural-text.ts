/**
 * Texts with the statistics of natural language: words by Zipf's law from large vocabularies, several scripts, JSON and
 * code. Text indexes and compression cost much more with them than with a vocabulary of a hundred words.
 */
import { randomNumbers } from './random-numbers.ts';

/** Words by rank: the word at index `n` occurs about 1 / (n + 2.7) as often as the first. */
interface Vocabulary {
  readonly words: readonly string[];
  /** Sum of the weights up to each word, from 0 to 1. */
  readonly cumulative: Float64Array;
}

interface Script {
  readonly consonants: string;
  readonly vowels: string;
  readonly words: number;
}

/** Alphabets of the word-forming scripts, with the share of accented letters that such languages have. */
const SCRIPTS = {
  english: { consonants: 'bcdfghlmnprstvwtrnsl', vowels: 'aeiouaei', words: 40_000 },
  german: { consonants: 'bdfghklmnprstwzrstn', vowels: 'aeiouäöüeeiea', words: 12_000 },
  russian: { consonants: 'бвгдзклмнпрстхчшнтс', vowels: 'аеиоуыяёоае', words: 12_000 },
  arabic: { consonants: 'بتجحدرسشعفقكلمنهلمن', vowels: 'ايوااي', words: 8_000 },
} as const satisfies Record<string, Script>;

/** Number of different Chinese characters, from the most frequent block. */
const HAN_CHARACTERS = 3_000;

export type Language = keyof typeof SCRIPTS | 'chinese' | 'japanese';

const vocabularies = new Map<Language, Vocabulary>();

/** Sentences of a language with about `length` characters. */
export function sentences(random: () => number, language: Language, length: number): string {
  const vocabulary = vocabularyOf(language);
  const isSpaced = language in SCRIPTS;
  let text = '';
  let inSentence = 0;
  while (text.length < length) {
    const word = wordOf(vocabulary, random);
    const isFirst = inSentence === 0;
    text += isFirst ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    inSentence += 1;
    if (random() < 0.01) text += ` ${Math.floor(random() * 1_000_000)}`;
    if (inSentence > 6 && random() < 0.12) {
      text += isSpaced ? (random() < 0.2 ? '.\n' : '. ') : '。';
      inSentence = 0;
    } else if (random() < 0.07) text += isSpaced ? ', ' : '、';
    else if (isSpaced) text += ' ';
  }
  return text.slice(0, length);
}

/** A JSON document as tools return it, with ids, numbers and short texts. */
export function jsonDocument(random: () => number, length: number): string {
  const items: unknown[] = [];
  for (let size = 0; size < length; ) {
    const item = {
      id: hex(random, 24),
      sku: `${word(random).slice(0, 3).toUpperCase()}-${Math.floor(random() * 1e5)}`,
      title: sentences(random, 'english', 40),
      price: Math.floor(random() * 1e5) / 100,
      in_stock: random() < 0.7,
      updated_at: new Date(1.78e12 + random() * 1e10).toISOString(),
      attributes: { [word(random)]: word(random), weight_kg: Math.round(random() * 100) / 10 },
      note: sentences(random, 'english', 80),
    };
    items.push(item);
    size += JSON.stringify(item).length;
  }
  return JSON.stringify({ count: items.length, items }, undefined, 2).slice(0, length);
}

/** Source code with identifiers from the vocabulary. */
export function code(random: () => number, length: number): string {
  let text = '```python\n';
  while (text.length < length) {
    const [a, b, c] = [identifier(random), identifier(random), identifier(random)];
    text += `def ${a}(${b}, ${c}=${Math.floor(random() * 1000)}):\n    if ${b}.${identifier(random)} is None:\n        raise ValueError(f"${word(random)} {${b}!r}")\n    return {"${word(random)}": ${c} + ${Math.floor(random() * 50)}}\n\n`;
  }
  return text.slice(0, length);
}

/** The texts of a conversation: mostly English, a fifth in other languages, and some JSON and code. */
export function naturalText(random: () => number, length: number): string {
  const kind = random();
  if (kind < 0.12) return `${sentences(random, 'english', 60)}${jsonDocument(random, length - 60)}`;
  if (kind < 0.22) return `${sentences(random, 'english', 80)}${code(random, length - 80)}`;
  if (kind < 0.27) return sentences(random, 'german', length);
  if (kind < 0.31) return sentences(random, 'russian', Math.ceil(length / 1.8));
  if (kind < 0.35) return sentences(random, 'chinese', Math.ceil(length / 3));
  if (kind < 0.38) return sentences(random, 'japanese', Math.ceil(length / 3));
  if (kind < 0.41) return sentences(random, 'arabic', Math.ceil(length / 1.8));
  return sentences(random, 'english', length);
}

function word(random: () => number): string {
  return wordOf(vocabularyOf('english'), random);
}

function identifier(random: () => number): string {
  return `${word(random)}_${word(random)}`;
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

function vocabularyOf(language: Language): Vocabulary {
  let vocabulary = vocabularies.get(language);
  if (!vocabulary) {
    vocabulary = ranked(wordsOf(language, randomNumbers(language.length * 7919)));
    vocabularies.set(language, vocabulary);
  }
  return vocabulary;
}

function wordsOf(language: Language, random: () => number): string[] {
  if (language === 'chinese') return Array.from({ length: HAN_CHARACTERS }, (_, at) => han(at));
  if (language === 'japanese')
    return Array.from({ length: 4_000 }, (_, at) => (at % 3 === 0 ? han(at) : kana(random)));
  const { consonants, vowels, words } = SCRIPTS[language];
  const pick = (letters: string) => letters[Math.floor(random() * letters.length)] as string;
  const found = new Set<string>();
  while (found.size < words) {
    // Frequent words are short.
    const syllables = 1 + Math.floor(random() * Math.min(4, 1 + found.size / 60));
    let text = '';
    for (let at = 0; at < syllables; at++) text += pick(consonants) + pick(vowels);
    found.add(random() < 0.5 ? text + pick(consonants) : text);
  }
  return [...found];
}

function han(rank: number): string {
  return String.fromCharCode(0x4e00 + ((rank * 7) % 20_000));
}

function kana(random: () => number): string {
  const length = 1 + Math.floor(random() * 3);
  return Array.from({ length }, () => String.fromCharCode(0x3042 + Math.floor(random() * 80))).join('');
}

function ranked(words: readonly string[]): Vocabulary {
  const cumulative = new Float64Array(words.length);
  let sum = 0;
  for (let rank = 0; rank < words.length; rank++) {
    sum += 1 / (rank + 2.7);
    cumulative[rank] = sum;
  }
  return { words, cumulative: cumulative.map((weight) => weight / sum) };
}

function wordOf({ words, cumulative }: Vocabulary, random: () => number): string {
  const value = random();
  let low = 0;
  let high = words.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return words[low] as string;
}
