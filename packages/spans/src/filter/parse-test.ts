import { FILTER_FIELDS, type FilterField } from '../catalogue/fields.ts';
import type { Comparison, Condition, FilterProblem, LabelSubject, NumberSubject } from './expression.ts';
import { parsePlainNumber, parseQuantity, QUANTITY_EXAMPLES } from './quantity.ts';
import type { ScannedValue } from './scan-value.ts';

/** The subject of a condition. The type of a field determines which tests are possible. */
export type ParsedSubject =
  /** `isInMs`: whether numbers without a unit are milliseconds, because of the name that was written. */
  | { readonly type: 'field'; readonly field: FilterField; readonly isInMs: boolean }
  | Exclude<LabelSubject, { type: 'field' }>;

/** A value and its position. */
export interface WrittenValue extends ScannedValue {
  readonly text: string;
  readonly start: number;
}

/**
 * Parses a numeric comparison. Returns undefined if the condition compares text. Numeric fields always compare numbers.
 * For attributes and scores, the operator or the value decides: `score.x:0.5` compares numbers, but `attr.x:5` compares
 * text, because ids often consist of digits.
 */
export function parseNumberTest(
  subject: ParsedSubject,
  operator: Comparison | ':',
  value: WrittenValue,
): Condition | FilterProblem | undefined {
  const isField = subject.type === 'field';
  const number = numberReader(subject);
  if (operator === ':' && !value.quoted) {
    if (isField && value.text === '*') return numeric(subject, { type: 'exists' });
    const [low, high, ...more] = value.text.split('..').map(number);
    if (low !== undefined && high !== undefined && more.length === 0)
      return low <= high
        ? numeric(subject, { type: 'between', low, high })
        : problem(value, 'The range has its larger end first.', value.text.split('..').reverse().join('..'));
  }
  if (
    !isField &&
    operator === ':' &&
    (subject.type !== 'score' || value.quoted || number(value.text) === undefined)
  )
    return undefined;
  const read = value.quoted ? undefined : number(value.text);
  if (read === undefined) return problem(value, expectation(subject));
  const comparison = operator === ':' ? '=' : operator;
  return numeric(subject, { type: 'compare', comparison, value: read });
}

/** Parses a text test: equality, wildcards, or existence. */
export function parseLabelTest(
  subject: ParsedSubject,
  operator: Comparison | ':',
  value: WrittenValue,
): Condition | FilterProblem {
  if (operator !== ':' && operator !== '=') {
    const field = subject.type === 'field' ? subject.field : subject.type;
    return {
      position: value.start - operator.length,
      length: operator.length,
      message: `${field} is text and has no size: ${exampleOf(subject)}.`,
      suggestion: ':',
    };
  }
  const { pieces } = value;
  const [first = ''] = pieces;
  if (pieces.length === 1)
    return first === ''
      ? problem(value, `A value is expected here: ${exampleOf(subject)}.`)
      : { type: 'label', subject: plain(subject) as LabelSubject, test: { type: 'equals', value: first } };
  const isOpen = pieces.every((piece) => piece === '');
  return {
    type: 'label',
    subject: plain(subject) as LabelSubject,
    test: isOpen ? { type: 'exists' } : { type: 'like', pieces },
  };
}

/** Converts the subject to the form of the syntax tree. */
function plain(subject: ParsedSubject): LabelSubject | NumberSubject {
  return subject.type === 'field' ? ({ type: 'field', field: subject.field } as NumberSubject) : subject;
}

function numeric(subject: ParsedSubject, test: Extract<Condition, { type: 'number' }>['test']): Condition {
  return { type: 'number', subject: plain(subject) as NumberSubject, test };
}

function numberReader(subject: ParsedSubject): (text: string) => number | undefined {
  const unit = subject.type === 'field' ? FILTER_FIELDS[subject.field].unit : undefined;
  if (unit === undefined) return parsePlainNumber;
  const isInMs = subject.type === 'field' && subject.isInMs;
  return (text) => parseQuantity(isInMs && /\d$/.test(text) ? `${text}ms` : text, unit);
}

function expectation(subject: ParsedSubject): string {
  const unit = subject.type === 'field' ? FILTER_FIELDS[subject.field].unit : undefined;
  if (unit === 'ms') return `A duration with its unit is expected here: ${QUANTITY_EXAMPLES.ms}.`;
  return `A number is expected here: ${unit ? QUANTITY_EXAMPLES[unit] : '0.5'}.`;
}

function exampleOf(subject: ParsedSubject): string {
  if (subject.type === 'field') return FILTER_FIELDS[subject.field].example;
  if (subject.type === 'score') return 'score.faithfulness<0.5';
  return subject.type === 'attribute' ? 'attr.customer.tier:gold' : 'resource.k8s.pod.name:web-1';
}

function problem({ start, end }: WrittenValue, message: string, suggestion?: string): FilterProblem {
  return {
    position: start,
    length: end - start,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
