import type { SpanContent } from '../model/content.ts';
import { inputText, outputText } from './content-texts.ts';

/** What a person said to a step, and what came back. Absent if the span has no such text. */
export interface SaidTexts {
  readonly question?: string;
  readonly answer?: string;
}

/** Names under which applications pass the question of a person, most specific first. */
const QUESTION_KEYS = [
  'question',
  'query',
  'userInput',
  'user_input',
  'userMessage',
  'user_message',
  'input',
  'message',
  'prompt',
  'text',
  'content',
];
/** Names under which applications return an answer, most specific first. */
const ANSWER_KEYS = [
  'answer',
  'final_output',
  'finalOutput',
  'output',
  'response',
  'reply',
  'result',
  'completion',
  'text',
  'content',
  'message',
];

/** Longer JSON is not parsed, because nobody types it. */
const MAX_JSON_LENGTH = 200_000;
const MAX_DEPTH = 6;

/**
 * The texts of a conversation as a person saw them: the last message of the user and the answer. A root often has them
 * inside of JSON, such as `{"question": "Where is my order?", "k": 5}`. The JSON is returned if no text stands out.
 */
export function saidTexts(content: SpanContent): SaidTexts {
  const question = inputText(content);
  const answer = outputText(content);
  return {
    ...(question !== undefined && { question: textInJson(question, QUESTION_KEYS, 'user') ?? question }),
    ...(answer !== undefined && { answer: textInJson(answer, ANSWER_KEYS, undefined) ?? answer }),
  };
}

function textInJson(text: string, keys: readonly string[], role: string | undefined): string | undefined {
  if (text.length > MAX_JSON_LENGTH || !/^\s*[{["]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return textOf(value, keys, role, MAX_DEPTH);
}

function textOf(
  value: unknown,
  keys: readonly string[],
  role: string | undefined,
  depth: number,
): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  const inside = (part: unknown) => textOf(part, keys, role, depth - 1);
  if (Array.isArray(value)) return textOfList(value, role, inside);
  const record = value as Readonly<Record<string, unknown>>;
  const messages = own(record, 'messages');
  const said = Array.isArray(messages) ? inside(messages) : undefined;
  if (said !== undefined) return said;
  for (const key of keys) {
    const found = inside(own(record, key));
    if (found !== undefined) return found;
  }
  const texts = Object.values(record).filter((each) => typeof each === 'string' && each !== '');
  return Object.keys(record).length === 1 && texts.length === 1 ? (texts[0] as string) : undefined;
}

/** The last message with the role, or the last of all; the texts of a message in parts. */
function textOfList(
  list: readonly unknown[],
  role: string | undefined,
  inside: (part: unknown) => string | undefined,
): string | undefined {
  const last = list.findLast((each) => role === undefined || roleOf(each) === role) ?? list.at(-1);
  return inside(last);
}

/** LangChain names the role of a message `type`, and that of the user `human`. */
function roleOf(value: unknown): unknown {
  if (Array.isArray(value)) return value[0] === 'human' ? 'user' : value[0];
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const role = own(record, 'role') ?? own(record, 'type');
  return role === 'human' ? 'user' : role;
}

function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
