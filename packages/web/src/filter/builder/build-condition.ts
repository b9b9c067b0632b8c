import {
  type Expression,
  FILTER_FIELDS,
  type FilterField,
  type LabelSubject,
  type LabelTest,
  parseFilter,
  printFilter,
} from '@throughline/spans';

/** What a condition is about: a field of the catalogue, or an attribute or score with a key. */
export type BuilderSubject =
  | { readonly type: 'field'; readonly field: FilterField }
  | { readonly type: 'attribute' | 'resource' | 'score'; readonly key: string };

export const TEXT_OPERATORS = {
  is: 'is',
  'is-not': 'is not',
  contains: 'contains',
  begins: 'begins with',
  ends: 'ends with',
  present: 'is present',
  absent: 'is absent',
} as const;

export const NUMBER_OPERATORS = {
  '>': 'is more than',
  '>=': 'is at least',
  '<': 'is less than',
  '<=': 'is at most',
  '=': 'equals',
  between: 'is between',
  present: 'is present',
  absent: 'is absent',
} as const;

export type TextOperator = keyof typeof TEXT_OPERATORS;
export type NumberOperator = keyof typeof NUMBER_OPERATORS;
export type BuilderOperator = TextOperator | NumberOperator;

/** The operators of a subject. Attributes and scores can be texts and numbers. */
export function operatorsOf(subject: BuilderSubject): readonly (readonly [BuilderOperator, string])[] {
  const texts = Object.entries(TEXT_OPERATORS) as [TextOperator, string][];
  const numbers = Object.entries(NUMBER_OPERATORS) as [NumberOperator, string][];
  if (subject.type !== 'field') {
    const comparisons = numbers.filter(([operator]) => operator !== 'present' && operator !== 'absent');
    return [...texts.slice(0, -2), ...comparisons, ...texts.slice(-2)];
  }
  return FILTER_FIELDS[subject.field].type === 'label' ? texts : numbers;
}

/** Whether an operator takes a value, two, or several. */
export function valuesOf(operator: BuilderOperator): 'none' | 'one' | 'two' | 'many' {
  if (operator === 'present' || operator === 'absent') return 'none';
  if (operator === 'between') return 'two';
  return operator === 'is' || operator === 'is-not' ? 'many' : 'one';
}

export type BuiltCondition =
  | { readonly ok: true; readonly condition: Expression; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** The condition that the user has put together, and how it is written. */
export function buildCondition(
  subject: BuilderSubject,
  operator: BuilderOperator,
  given: readonly string[],
  of: 'trace' | 'span',
): BuiltCondition {
  const values = given.map((value) => value.trim()).filter((value) => value !== '');
  if (subject.type !== 'field' && subject.key.trim() === '') return { ok: false, message: 'Enter a key.' };
  const wanted = valuesOf(operator);
  if (wanted !== 'none' && values.length < (wanted === 'two' ? 2 : 1))
    return { ok: false, message: wanted === 'two' ? 'Enter both ends.' : 'Choose or enter a value.' };
  if (operator in TEXT_OPERATORS)
    return checked(textCondition(subject, operator as TextOperator, values), of);
  // Numbers are parsed as they are typed, with their units.
  const name = nameOf(subject);
  const text =
    operator === 'between' ? `${name}:${values[0]}..${values[1]}` : `${name}${operator}${values[0]}`;
  return parsed(text, of);
}

function textCondition(
  subject: BuilderSubject,
  operator: TextOperator,
  values: readonly string[],
): Expression {
  const of = labelSubject(subject);
  const [value = ''] = values;
  const label = (test: LabelTest): Expression => ({ type: 'label', subject: of, test });
  switch (operator) {
    case 'present':
      return label({ type: 'exists' });
    case 'absent':
      return not(label({ type: 'exists' }));
    case 'contains':
      return label({ type: 'like', pieces: ['', value, ''] });
    case 'begins':
      return label({ type: 'like', pieces: [value, ''] });
    case 'ends':
      return label({ type: 'like', pieces: ['', value] });
    default: {
      const equal = values.map((each) => label({ type: 'equals', value: each }));
      const any: Expression = equal.length === 1 ? (equal[0] as Expression) : { type: 'or', operands: equal };
      return operator === 'is' ? any : not(any);
    }
  }
}

const not = (operand: Expression): Expression => ({ type: 'not', operand });

function labelSubject(subject: BuilderSubject): LabelSubject {
  if (subject.type === 'field') return subject as LabelSubject;
  return subject.type === 'score'
    ? { type: 'score', name: subject.key.trim() }
    : { type: subject.type, key: subject.key.trim() };
}

/** How a subject is written. */
function nameOf(subject: BuilderSubject): string {
  if (subject.type === 'field') return subject.field;
  return printFilter({ type: 'label', subject: labelSubject(subject), test: { type: 'exists' } }).slice(
    0,
    -2,
  );
}

/** The text is what counts: it has to mean what was built. */
function checked(condition: Expression, of: 'trace' | 'span'): BuiltCondition {
  return parsed(printFilter(condition), of);
}

function parsed(text: string, of: 'trace' | 'span'): BuiltCondition {
  const result = parseFilter(text, { of });
  if (!result.ok) return { ok: false, message: result.problem.message };
  if (result.filter === undefined) return { ok: false, message: 'Choose or enter a value.' };
  return { ok: true, condition: result.filter, text: printFilter(result.filter) };
}
