import {
  type Expression,
  type Filter,
  type LabelField,
  type LabelSubject,
  parseFilter,
  printFilter,
} from '@throughline/spans';

/** The conditions of a filter that must all hold. Empty if the filter cannot be parsed. */
export function conditionsOf(filter: string): readonly Expression[] {
  const parsed = parseFilter(filter);
  if (!parsed.ok || parsed.filter === undefined) return [];
  return parsed.filter.type === 'and' ? parsed.filter.operands : [parsed.filter];
}

/** Joins conditions to a filter that requires all of them. */
export function filterOfConditions(conditions: readonly Expression[]): string {
  const [first] = conditions;
  const filter: Filter = conditions.length > 1 ? { type: 'and', operands: conditions } : first;
  return printFilter(filter);
}

export function withoutCondition(filter: string, index: number): string {
  return filterOfConditions(conditionsOf(filter).filter((_, each) => each !== index));
}

/** A field, or the key of an attribute of a span or of its resource. */
export type ValueSubject = LabelField | { readonly type: 'attribute' | 'resource'; readonly key: string };

/** The condition that a field or an attribute has exactly this value. */
export function equals(subject: ValueSubject, value: string): Expression {
  const written: LabelSubject = typeof subject === 'string' ? { type: 'field', field: subject } : subject;
  return { type: 'label', subject: written, test: { type: 'equals', value } };
}

export function not(condition: Expression): Expression {
  return condition.type === 'not' ? condition.operand : { type: 'not', operand: condition };
}

/** Whether a filter has a condition, or its opposite, at its top level. */
export function stateOf(filter: string, condition: Expression): 'included' | 'excluded' | undefined {
  const printed = conditionsOf(filter).map(printFilter);
  if (printed.includes(printFilter(condition))) return 'included';
  return printed.includes(printFilter(not(condition))) ? 'excluded' : undefined;
}

/** Adds a condition and removes its opposite. If the filter has the condition already, it is returned unchanged. */
export function withCondition(filter: string, condition: Expression): string {
  if (stateOf(filter, condition) === 'included') return filter;
  return filterOfConditions([...without(filter, condition), condition]);
}

/** Adds a condition, or removes it if the filter has it. */
export function toggleCondition(filter: string, condition: Expression): string {
  if (stateOf(filter, condition) === 'included') return filterOfConditions(without(filter, condition));
  return withCondition(filter, condition);
}

/** The conditions of a filter except this one and its opposite. */
function without(filter: string, condition: Expression): readonly Expression[] {
  const removed = [printFilter(condition), printFilter(not(condition))];
  return conditionsOf(filter).filter((each) => !removed.includes(printFilter(each)));
}
