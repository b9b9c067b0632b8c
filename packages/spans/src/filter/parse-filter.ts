/**
 *     filter     = { term }                                  all of them hold
 *     term       = label ":" value ["*"]                     kind:llm  model:gpt-4o*  name:"POST /chat"
 *                | number comparison digits                  cost>0.02
 *                | value                                     refund  "refund policy"
 *     value      = word | '"' any text, \" and \\ escaped '"'
 *     comparison = ">" | ">=" | "<" | "<="
 *
 * Linear in the text; a failure is a value, with the position of what was not understood.
 */
import { FILTER_FIELDS, isFilterField, type LabelField, type NumberField } from '../catalogue/fields.ts';
import type { Comparison, Filter, FilterProblem, FilterTerm } from './filter.ts';

export const MAX_FILTER_LENGTH = 2000;
const MAX_TERMS = 20;

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: FilterProblem };

export function parseFilter(text: string): ParsedFilter {
  if (text.length > MAX_FILTER_LENGTH) {
    return fail(MAX_FILTER_LENGTH, `A filter has at most ${MAX_FILTER_LENGTH} characters.`);
  }
  const terms: FilterTerm[] = [];
  let position = skipSpace(text, 0);
  while (position < text.length) {
    if (terms.length === MAX_TERMS) return fail(position, `A filter has at most ${MAX_TERMS} terms.`);
    const read = readTerm(text, position);
    if ('message' in read) return { ok: false, problem: read };
    terms.push(read.term);
    position = skipSpace(text, read.end);
  }
  return { ok: true, filter: terms };
}

type ReadTerm = { readonly term: FilterTerm; readonly end: number } | FilterProblem;

const FIELD = /(-?)([A-Za-z][\w.]*)(:|>=|<=|>|<)/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,12})?(?=\s|$)/y;

function readTerm(text: string, start: number): ReadTerm {
  FIELD.lastIndex = start;
  const found = FIELD.exec(text);
  if (!found) {
    const value = readValue(text, start);
    return 'message' in value ? value : { term: { type: 'text', text: value.value }, end: value.end };
  }
  const [whole, minus, name = '', operator] = found;
  const end = start + whole.length;
  if (minus) return { position: start, message: `Terms cannot be negated yet: "-${name}".` };
  if (!isFilterField(name))
    return { position: start, message: `There is no field "${name}". ${knownFields()}` };
  return FILTER_FIELDS[name].type === 'number'
    ? readNumber(text, end, name as NumberField, operator as Comparison | ':')
    : readLabel(text, end, name as LabelField, operator as Comparison | ':');
}

function readNumber(text: string, start: number, field: NumberField, operator: Comparison | ':'): ReadTerm {
  const example = FILTER_FIELDS[field].example;
  if (operator === ':') return { position: start - 1, message: `${field} is compared by size: ${example}.` };
  NUMBER.lastIndex = start;
  const [digits] = NUMBER.exec(text) ?? [];
  if (digits === undefined) return { position: start, message: `A number is expected here: ${example}.` };
  return {
    term: { type: 'number', field, comparison: operator, value: Number(digits) },
    end: start + digits.length,
  };
}

function readLabel(text: string, start: number, field: LabelField, operator: Comparison | ':'): ReadTerm {
  const example = FILTER_FIELDS[field].example;
  if (operator !== ':')
    return { position: start - operator.length, message: `${field} has no size: ${example}.` };
  const read = readValue(text, start);
  if ('message' in read) return read;
  const { value, end, quoted } = read;
  const isPrefix = quoted ? text[end] === '*' : value.endsWith('*');
  const label = isPrefix && !quoted ? value.slice(0, -1) : value;
  if (label === '') return { position: start, message: `A value is expected here: ${example}.` };
  return {
    term: { type: 'label', field, match: isPrefix ? 'prefix' : 'equals', value: label },
    end: isPrefix && quoted ? end + 1 : end,
  };
}

type ReadValue = { readonly value: string; readonly end: number; readonly quoted: boolean } | FilterProblem;

/** A quoted text, or everything up to white space. */
function readValue(text: string, start: number): ReadValue {
  if (text[start] !== '"') {
    const end = endOfWord(text, start);
    return { value: text.slice(start, end), end, quoted: false };
  }
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return { value, end: at + 1, quoted: true };
    if (text[at] === '\\') at += 1;
    value += text[at] ?? '';
  }
  return { position: start, message: 'This quotation mark is never closed.' };
}

function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isSpace(text[end])) end += 1;
  return end;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

function knownFields(): string {
  return `Known are ${Object.keys(FILTER_FIELDS).join(', ')}.`;
}

function fail(position: number, message: string): ParsedFilter {
  return { ok: false, problem: { position, message } };
}
