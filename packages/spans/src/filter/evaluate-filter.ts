import {
  FILTER_FIELDS,
  type LabelField,
  type SpanNumberField,
  type TraceNumberField,
} from '../catalogue/fields.ts';
import type {
  Comparison,
  Condition,
  Expression,
  Filter,
  LabelSubject,
  LabelTest,
  NumberSubject,
  NumberTest,
  TextCondition,
} from './expression.ts';

/** The data of a span that a filter needs. Absent texts are empty lists, absent numbers are undefined. */
export interface FilterableSpan {
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentSpanId: string;
  label(field: LabelField): readonly string[];
  number(field: SpanNumberField): number | undefined;
  attribute(key: string): string | undefined;
  resourceAttribute(key: string): string | undefined;
  scores(name: string): readonly (string | number)[];
  hasText(condition: TextCondition): boolean;
}

/** The data of a trace that a filter needs. */
export interface FilterableTrace {
  readonly spans: readonly FilterableSpan[];
  readonly status: string;
  number(field: TraceNumberField): number | undefined;
  /** Scores of the trace and of its spans. */
  scores(name: string): readonly (string | number)[];
}

/** Returns whether a trace matches a filter. This defines the filter language: the store's SQL is tested against it. */
export function matchesTrace(filter: Filter, trace: FilterableTrace): boolean {
  return filter === undefined || ofTrace(filter, trace);
}

/** Returns whether a span matches a filter that selects spans. */
export function matchesSpan(filter: Filter, span: FilterableSpan, trace: FilterableTrace): boolean {
  return filter === undefined || ofSpan(filter, span, trace);
}

function ofTrace(node: Expression, trace: FilterableTrace): boolean {
  switch (node.type) {
    case 'and':
      return (
        node.operands.every((each) => ofTrace(each, trace)) &&
        // One span has to contain all words.
        trace.spans.some((span) => textsOf(node.operands).every((text) => span.hasText(text)))
      );
    case 'or':
      return node.operands.some((each) => ofTrace(each, trace));
    case 'not':
      return !ofTrace(node.operand, trace);
    case 'has':
    case 'root':
    case 'count':
      return traceFunction(node, trace);
    default:
      return isCondition(node) && isOfTrace(node)
        ? conditionOfTrace(node, trace)
        : trace.spans.some((span) => ofSpan(node, span, trace));
  }
}

/** The texts among the operands of an AND, which one span has to contain together. */
export function textsOf(operands: readonly Expression[]): TextCondition[] {
  return operands.filter((each) => each.type === 'text');
}

function ofSpan(node: Expression, span: FilterableSpan, trace: FilterableTrace): boolean {
  switch (node.type) {
    case 'and':
      return node.operands.every((each) => ofSpan(each, span, trace));
    case 'or':
      return node.operands.some((each) => ofSpan(each, span, trace));
    case 'not':
      return !ofSpan(node.operand, span, trace);
    case 'has':
    case 'root':
    case 'count':
      return traceFunction(node, trace);
    case 'parent':
      return trace.spans.some((each) => each.spanId === span.parentSpanId && ofSpan(node.where, each, trace));
    case 'under':
      return ancestorsOf(span, trace).some((each) => ofSpan(node.where, each, trace));
    default:
      return conditionOfSpan(node, span);
  }
}

function traceFunction(
  node: Extract<Expression, { type: 'has' | 'root' | 'count' | 'parent' | 'under' }>,
  trace: FilterableTrace,
): boolean {
  const matching = trace.spans.filter(
    (span) => (node.type !== 'root' || span.parentSpanId === '') && ofSpan(node.where, span, trace),
  );
  return node.type === 'count' ? compare(matching.length, node.comparison, node.value) : matching.length > 0;
}

function ancestorsOf(span: FilterableSpan, trace: FilterableTrace): FilterableSpan[] {
  const byId = new Map(trace.spans.map((each) => [each.spanId, each]));
  const ancestors = new Set<FilterableSpan>();
  for (let at = byId.get(span.parentSpanId); at && !ancestors.has(at); at = byId.get(at.parentSpanId))
    ancestors.add(at);
  return [...ancestors];
}

function isCondition(node: Expression): node is Condition {
  return node.type === 'label' || node.type === 'number' || node.type === 'text';
}

/** Whether the condition tests a value of the trace itself, not of its spans. */
export function isOfTrace(node: Condition): boolean {
  if (node.type === 'text') return false;
  if (node.subject.type === 'score') return true;
  if (node.subject.type !== 'field') return false;
  return FILTER_FIELDS[node.subject.field].of !== 'span';
}

function conditionOfTrace(node: Condition, trace: FilterableTrace): boolean {
  if (node.type === 'text') return false;
  if (node.subject.type === 'score') return testScores(node, trace.scores(node.subject.name));
  if (node.type === 'label') return testLabel(node.test, [trace.status]);
  const { field } = node.subject as Extract<NumberSubject, { type: 'field' }>;
  return testNumber(node.test, trace.number(field as TraceNumberField));
}

function conditionOfSpan(node: Condition, span: FilterableSpan): boolean {
  if (node.type === 'text') return span.hasText(node);
  const { subject } = node;
  if (subject.type === 'score') return testScores(node, span.scores(subject.name));
  if (node.type === 'label') return testLabel(node.test, labelsOf(node.subject, span));
  if (subject.type === 'field') return testNumber(node.test, span.number(subject.field as SpanNumberField));
  const text =
    subject.type === 'attribute' ? span.attribute(subject.key) : span.resourceAttribute(subject.key);
  return testNumber(node.test, numberOf(text));
}

function labelsOf(subject: LabelSubject, span: FilterableSpan): readonly string[] {
  if (subject.type === 'field') return span.label(subject.field);
  if (subject.type === 'score') return [];
  const text =
    subject.type === 'attribute' ? span.attribute(subject.key) : span.resourceAttribute(subject.key);
  return text === undefined ? [] : [text];
}

function testScores(
  { test, type }: Exclude<Condition, TextCondition>,
  values: readonly (string | number)[],
): boolean {
  if (test.type === 'exists') return values.length > 0;
  return values.some((value) =>
    type === 'number'
      ? typeof value === 'number' && testNumber(test as NumberTest, value)
      : typeof value === 'string' && testLabel(test as LabelTest, [value]),
  );
}

function testLabel(test: LabelTest, values: readonly string[]): boolean {
  const present = values.filter((value) => value !== '');
  if (test.type === 'exists') return present.length > 0;
  return present.some((value) =>
    test.type === 'equals' ? value === test.value : isLike(value, test.pieces),
  );
}

/** Returns whether a text consists of the pieces in order, with any text between them. */
export function isLike(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return at <= end;
}

function testNumber(test: NumberTest, value: number | undefined): boolean {
  if (value === undefined) return false;
  if (test.type === 'exists') return true;
  if (test.type === 'between') return value >= test.low && value <= test.high;
  return compare(value, test.comparison, test.value);
}

export function compare(left: number, comparison: Comparison, right: number): boolean {
  switch (comparison) {
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '=':
      return left === right;
  }
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}
