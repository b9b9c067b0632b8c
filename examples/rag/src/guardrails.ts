export interface Verdict {
  readonly passed: boolean;
  /** The violated rule. Undefined if all rules passed. */
  readonly rule?: string;
}

interface Rule<Value> {
  readonly name: string;
  readonly broken: (value: Value) => boolean;
}

const INPUT_RULES: readonly Rule<string>[] = [
  { name: 'empty', broken: (text) => text.trim() === '' },
  { name: 'too_long', broken: (text) => text.length > 4000 },
  {
    name: 'prompt_injection',
    broken: (text) => /ignore (all|any|your) (previous |earlier )?(rules|instructions)/i.test(text),
  },
  { name: 'card_number', broken: (text) => /\b(?:\d[ -]?){15,16}\b/.test(text) },
];

interface Answer {
  readonly text: string;
  /** Ids of the passages in the prompt. */
  readonly sources: readonly string[];
}

const OUTPUT_RULES: readonly Rule<Answer>[] = [
  { name: 'empty', broken: ({ text }) => text.trim() === '' },
  {
    name: 'unknown_source',
    broken: ({ text, sources }) => citedSources(text).some((id) => !sources.includes(id)),
  },
  { name: 'personal_data', broken: ({ text }) => /[\w.+-]+@[\w-]+\.\w+/.test(text) },
];

export function checkInput(question: string): Verdict {
  return check(INPUT_RULES, question);
}

export function checkOutput(answer: Answer): Verdict {
  return check(OUTPUT_RULES, answer);
}

/** Returns the ids that an answer cites as `[topic/heading]`. */
export function citedSources(text: string): string[] {
  return [...new Set([...text.matchAll(/\[([a-z-]+\/[a-z0-9-]+)\]/g)].map((match) => match[1] ?? ''))];
}

function check<Value>(rules: readonly Rule<Value>[], value: Value): Verdict {
  const broken = rules.find((rule) => rule.broken(value));
  return broken === undefined ? { passed: true } : { passed: false, rule: broken.name };
}
