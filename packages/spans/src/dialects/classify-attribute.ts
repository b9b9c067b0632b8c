import type { Dialect, TextKeys } from './dialect.ts';
import { DIALECTS } from './dialects.ts';

/** The content of an attribute: input text, output text, or anything else. */
export type AttributeClass = 'input' | 'output' | 'other';

/** Last key segments of texts in a flattened list. Roles, ids, names and media are not texts. */
const TEXT_SEGMENTS = new Set([
  'content',
  'text',
  'arguments',
  'function_call_arguments_json',
  'transcript',
  'metadata',
]);

/** Returns whether an attribute is input or output text. Runs for every attribute of every span, so it must be fast. */
export const classifyAttribute: (key: string) => AttributeClass = createClassifier(DIALECTS);

interface Rule {
  readonly prefix: string;
  readonly result: AttributeClass;
  readonly textsOnly: boolean;
}

export function createClassifier(dialects: readonly Dialect[]): (key: string) => AttributeClass {
  const byKey = new Map<string, AttributeClass>();
  // Keyed by the first two segments of the prefix, which excludes most other keys with one lookup.
  const byStem = new Map<string, Rule[]>();
  const add = (texts: TextKeys | undefined, result: AttributeClass): void => {
    for (const key of texts?.keys ?? []) if (!byKey.has(key)) byKey.set(key, result);
    const rules = [
      ...(texts?.prefixes ?? []).map((prefix) => ({ prefix, result, textsOnly: false })),
      ...(texts?.lists ?? []).map((prefix) => ({ prefix, result, textsOnly: true })),
    ];
    for (const rule of rules)
      byStem.set(stemOf(rule.prefix), [...(byStem.get(stemOf(rule.prefix)) ?? []), rule]);
  };
  for (const { inputText, outputText } of dialects) {
    add(inputText, 'input');
    add(outputText, 'output');
  }
  return (key) => {
    const exact = byKey.get(key);
    if (exact !== undefined) return exact;
    const rules = byStem.get(stemOf(key));
    if (rules === undefined) return 'other';
    for (const { prefix, result, textsOnly } of rules) {
      if (key.startsWith(prefix) && (!textsOnly || TEXT_SEGMENTS.has(key.slice(key.lastIndexOf('.') + 1))))
        return result;
    }
    return 'other';
  };
}

/** `llm.input_messages.0.message.role` → `llm.input_messages` */
function stemOf(key: string): string {
  const first = key.indexOf('.');
  const second = first < 0 ? -1 : key.indexOf('.', first + 1);
  return second < 0 ? key : key.slice(0, second);
}
