/**
 *     filter     = [ or ]
 *     or         = and { "OR" and }
 *     and        = unary { [ "AND" ] unary }
 *     unary      = ( "-" | "NOT" ) unary | primary
 *     primary    = "(" or ")"
 *                | ( "has" | "root" | "parent" | "under" ) "(" or ")"
 *                | "count" "(" or ")" comparison number              count(kind:tool)>5
 *                | subject ":" value                                 model:gpt-4o*  name:"POST /chat"  user:*
 *                | subject ":" "(" value { "OR" value } ")"          feature:(search OR chat)
 *                | subject comparison number                         cost>0.02  latency>=2s
 *                | subject ":" number ".." number                    tokens:1k..10k
 *                | text                                              refund  refund*  "refund policy"
 *     subject    = field | "attr." key | "resource." key | "score." name
 *     comparison = ">" | ">=" | "<" | "<=" | "="
 *
 * The parser takes linear time. Errors are returned as values with the position of the invalid characters.
 */
import { FILTER_FIELDS, filterFieldOf, isLabelField } from '../catalogue/fields.ts';
import { closestName } from './closest-name.ts';
import type { Comparison, Expression, Filter, FilterProblem } from './expression.ts';
import { type ParsedSubject, parseLabelTest, parseNumberTest } from './parse-test.ts';
import { isSpace, scanQuoted, scanValue, skipSpace } from './scan-value.ts';

/** Maximum length of a filter, in characters. */
export const MAX_FILTER_LENGTH = 2000;
const MAX_CONDITIONS = 50;
const MAX_DEPTH = 10;

/** The result of parsing a filter: its syntax tree, or the first error. */
export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: FilterProblem };

export interface ParseFilterOptions {
  /** What the filter selects. Filters for spans cannot use fields that only a trace has. Default: `trace`. */
  readonly of?: 'trace' | 'span';
}

/** Parses the text of a filter. An empty text matches everything. */
export function parseFilter(text: string, { of = 'trace' }: ParseFilterOptions = {}): ParsedFilter {
  if (text.length > MAX_FILTER_LENGTH) {
    return {
      ok: false,
      problem: {
        position: MAX_FILTER_LENGTH,
        length: text.length - MAX_FILTER_LENGTH,
        message: `A filter has at most ${MAX_FILTER_LENGTH} characters.`,
      },
    };
  }
  try {
    return { ok: true, filter: new Parser(text).parse(of) };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** Thrown to leave the recursion. It is caught in this file. */
class Failure extends Error {
  readonly problem: FilterProblem;
  constructor(problem: FilterProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

type Level = 'trace' | 'span';

const SUBJECT = /([A-Za-z]\w*)(\.?)/y;
const KEY = /[^\s:<>=()"*]+/y;
const OPERATOR = /:(?:>=|<=|>|<|=)?|>=|<=|>|<|=/y;
const KEYWORD = /(AND|OR|NOT)(?=[\s(]|$)/y;
const OPEN_SUBJECTS = { attr: 'attribute', resource: 'resource', score: 'score' } as const;
const FUNCTIONS = ['has', 'root', 'parent', 'under', 'count'] as const;

class Parser {
  readonly #text: string;
  #at = 0;
  #conditions = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(level: Level): Filter {
    this.#skipSpace();
    if (this.#at === this.#text.length) return undefined;
    const expression = this.#or(level);
    if (this.#at < this.#text.length) this.#fail(this.#at, 1, 'This parenthesis was never opened.', '');
    return expression;
  }

  #or(level: Level): Expression {
    const operands = [this.#and(level)];
    while (this.#takeKeyword('OR')) operands.push(this.#and(level));
    return combine('or', operands);
  }

  #and(level: Level): Expression {
    const operands = [this.#unary(level)];
    while (!this.#isAtEnd()) {
      if (!this.#takeKeyword('AND') && this.#keyword() === 'OR') break;
      operands.push(this.#unary(level));
    }
    return combine('and', operands);
  }

  #unary(level: Level): Expression {
    const isMinus = this.#text[this.#at] === '-' && !isSpace(this.#text[this.#at + 1]);
    if (isMinus && this.#at + 1 < this.#text.length) this.#at += 1;
    else if (!this.#takeKeyword('NOT')) return this.#primary(level);
    return { type: 'not', operand: this.#nested(() => this.#unary(level)) };
  }

  #primary(level: Level): Expression {
    if (this.#isAtEnd() || this.#keyword() !== undefined)
      this.#fail(this.#at, 0, 'A condition is expected here, such as kind:llm.');
    if (this.#text[this.#at] === '(') return this.#parenthesised(level);
    SUBJECT.lastIndex = this.#at;
    const [, name = '', dot] = SUBJECT.exec(this.#text) ?? [];
    const start = this.#at;
    if (name !== '' && this.#text[start + name.length] === '(') return this.#call(name);
    if (name !== '') {
      const keyEnd = dot ? this.#keyEnd(start + name.length + 1) : start + name.length;
      OPERATOR.lastIndex = keyEnd;
      const [operator] = OPERATOR.exec(this.#text) ?? [];
      if (operator !== undefined) {
        this.#at = keyEnd + operator.length;
        return this.#condition(this.#subject(start, name, keyEnd, level), operator);
      }
    }
    return this.#textCondition();
  }

  /** Returns the end of an attribute key, or `start` if there is none. */
  #keyEnd(start: number): number {
    if (this.#text[start] === '"') {
      const quoted = scanQuoted(this.#text, start);
      if ('message' in quoted) throw new Failure(quoted);
      return quoted.end;
    }
    KEY.lastIndex = start;
    return start + (KEY.exec(this.#text)?.[0].length ?? 0);
  }

  #subject(start: number, name: string, end: number, level: Level): ParsedSubject {
    const written = this.#text.slice(start, end);
    if (end > start + name.length) {
      const type = OPEN_SUBJECTS[name.toLowerCase() as keyof typeof OPEN_SUBJECTS];
      const rest = this.#text.slice(start + name.length + 1, end);
      const quoted = rest.startsWith('"') ? scanQuoted(rest, 0) : { text: rest };
      if (type === undefined || 'message' in quoted || quoted.text === '') {
        const suggestion = type === undefined && rest !== '' ? `attr.${written}` : undefined;
        this.#fail(start, end - start, `There is no field "${written}". ${knownFields()}`, suggestion);
      }
      return type === 'score' ? { type, name: quoted.text } : { type, key: quoted.text };
    }
    const field = filterFieldOf(name);
    if (field === undefined) {
      const suggestion = closestName(name, Object.keys(FILTER_FIELDS));
      const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
      this.#fail(start, name.length, `There is no field "${name}".${hint} ${knownFields()}`, suggestion);
    }
    if (level === 'span' && FILTER_FIELDS[field].of === 'trace')
      this.#fail(start, name.length, `Only a trace has ${field}; a single span does not.`);
    // With `durationMs` and `ttftMs`, numbers without a unit are milliseconds.
    return { type: 'field', field, isInMs: /Ms$/i.test(name) };
  }

  #condition(subject: ParsedSubject, operator: string): Expression {
    const start = this.#at;
    if (operator === ':' && this.#text[start] === '(') return this.#valueList(subject);
    return this.#test(subject, operator);
  }

  /** Parses a list of values after a field: `(a OR b)`. */
  #valueList(subject: ParsedSubject): Expression {
    const open = this.#at;
    this.#at += 1;
    this.#skipSpace();
    const operands = [this.#test(subject, ':')];
    while (this.#takeKeyword('OR')) operands.push(this.#test(subject, ':'));
    if (this.#text[this.#at] !== ')') {
      if (this.#at >= this.#text.length) this.#unclosed(open);
      this.#fail(
        this.#at,
        0,
        'Put OR between the values of a list, such as feature:(search OR chat).',
        'OR ',
      );
    }
    this.#at += 1;
    this.#skipSpace();
    return combine('or', operands);
  }

  #test(subject: ParsedSubject, operator: string): Expression {
    this.#countCondition();
    const start = this.#at;
    const value = scanValue(this.#text, start);
    if ('message' in value) throw new Failure(value);
    const comparison = operator.replace(/^:(?=.)/, '') as Comparison | ':';
    const written = { ...value, text: this.#text.slice(start, value.end), start };
    const isLabel = subject.type === 'field' && isLabelField(subject.field);
    const number = isLabel ? undefined : parseNumberTest(subject, comparison, written);
    const test = number ?? parseLabelTest(subject, comparison, written);
    if ('message' in test) throw new Failure(test);
    this.#at = value.end;
    this.#skipSpace();
    return test;
  }

  #textCondition(): Expression {
    this.#countCondition();
    const start = this.#at;
    const value = scanValue(this.#text, start);
    if ('message' in value) throw new Failure(value);
    const [first = '', second] = value.pieces;
    const length = value.end - start;
    if (this.#text[value.end] === '(')
      this.#fail(start, length, 'Text with a parenthesis needs quotation marks.', `"${first}"`);
    const isPrefix = value.pieces.length === 2 && second === '' && !value.quoted;
    if (first === '' || (value.pieces.length > 1 && !isPrefix)) {
      const message = 'Only the end of a word can be open, such as refund*.';
      this.#fail(start, length, first === '' && value.pieces.length === 1 ? 'This text is empty.' : message);
    }
    this.#at = value.end;
    this.#skipSpace();
    return { type: 'text', match: isPrefix ? 'prefix' : value.quoted ? 'phrase' : 'word', text: first };
  }

  #call(name: string): Expression {
    const start = this.#at;
    const known = FUNCTIONS.find((each) => each === name.toLowerCase());
    if (known === undefined) {
      const suggestion = closestName(name, FUNCTIONS);
      const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}(…)?`;
      const message = `There is no function "${name}".${hint} Known functions are ${FUNCTIONS.join(', ')}.`;
      this.#fail(start, name.length, message, suggestion);
    }
    this.#at += name.length;
    const where = this.#parenthesised('span', false);
    return known === 'count' ? this.#count(where) : this.#finish({ type: known, where });
  }

  #count(where: Expression): Expression {
    OPERATOR.lastIndex = this.#at;
    const [operator = ''] = OPERATOR.exec(this.#text) ?? [];
    const start = this.#at + operator.length;
    const [digits] = /^\d{1,9}(?=[\s)]|$)/.exec(this.#text.slice(start)) ?? [];
    if (digits === undefined || operator === '')
      this.#fail(this.#at, 0, 'Compare the count with a number, such as count(kind:tool)>5.');
    const comparison = (operator === ':' ? '=' : operator.replace(/^:/, '')) as Comparison;
    this.#at = start + digits.length;
    return this.#finish({ type: 'count', where, comparison, value: Number(digits) });
  }

  #finish<Node extends Expression>(node: Node): Node {
    this.#skipSpace();
    return node;
  }

  #parenthesised(level: Level, skipAfter = true): Expression {
    const open = this.#at;
    this.#at += 1;
    this.#skipSpace();
    if (this.#text[this.#at] === ')')
      this.#fail(open, this.#at + 1 - open, 'There is no condition between these parentheses.');
    const inner = this.#nested(() => this.#or(level));
    if (this.#text[this.#at] !== ')') this.#unclosed(open);
    this.#at += 1;
    if (skipAfter) this.#skipSpace();
    return inner;
  }

  #unclosed(open: number): never {
    return this.#fail(open, 1, 'This parenthesis is never closed.');
  }

  #nested<Result>(parse: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      this.#fail(this.#at, 0, `A filter is nested at most ${MAX_DEPTH} levels deep.`);
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  #countCondition(): void {
    this.#conditions += 1;
    if (this.#conditions > MAX_CONDITIONS)
      this.#fail(this.#at, 0, `A filter has at most ${MAX_CONDITIONS} conditions.`);
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length || this.#text[this.#at] === ')';
  }

  #keyword(): string | undefined {
    KEYWORD.lastIndex = this.#at;
    return KEYWORD.exec(this.#text)?.[1];
  }

  #takeKeyword(keyword: 'AND' | 'OR' | 'NOT'): boolean {
    if (this.#keyword() !== keyword) return false;
    this.#at += keyword.length;
    this.#skipSpace();
    return true;
  }

  #skipSpace(): void {
    this.#at = skipSpace(this.#text, this.#at);
  }

  #fail(position: number, length: number, message: string, suggestion?: string): never {
    throw new Failure({ position, length, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

/** Returns a single operand as it is, and merges nested operands of the same type. */
function combine(type: 'and' | 'or', operands: readonly Expression[]): Expression {
  const [only] = operands;
  if (operands.length === 1 && only) return only;
  return { type, operands: operands.flatMap((each) => (each.type === type ? each.operands : [each])) };
}

function knownFields(): string {
  return `Known fields are ${Object.keys(FILTER_FIELDS).join(', ')}, attr.<key>, resource.<key> and score.<name>.`;
}
