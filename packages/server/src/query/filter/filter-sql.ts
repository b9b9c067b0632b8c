import type {
  Comparison,
  Condition,
  Expression,
  Filter,
  LabelField,
  LabelTest,
  SpanNumberField,
  TextCondition,
  TraceNumberField,
} from '@throughline/spans';
import { isOfTrace, textsOf } from '@throughline/spans';
import { and, join, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { inCatalogueUnit } from '../traces/measure-columns.ts';
import { LABEL_COLUMNS, SPAN_NUMBERS, TRACE_LABELS } from './filter-columns.ts';
import { labelTestSql, numberTestSql } from './test-sql.ts';
import { hasTextSql } from './text-sql.ts';

const DAY_NS = 86_400_000_000_000n;
/**
 * Conditions on a row of `traces` that all have to be true, for traces that started in the range. Their spans are searched
 * from the start of the range to one day after its end, so spans that start more than a day after their trace are ignored.
 */
export function filterConditions(scope: ProjectScope, filter: Filter, fromNs: bigint, toNs: bigint): Sql[] {
  if (filter === undefined) return [];
  const writer = new FilterSql(scope, fromNs, toNs);
  return writer.allOfTrace(conjunctsOf(filter));
}

/** Conditions on a row of `spans` that all have to be true, for spans in the range. */
export function spanFilterConditions(
  scope: ProjectScope,
  filter: Filter,
  fromNs: bigint,
  toNs: bigint,
): Sql[] {
  if (filter === undefined) return [];
  const writer = new FilterSql(scope, fromNs, toNs);
  return conjunctsOf(filter).map((each) => writer.ofSpan(each));
}

function conjunctsOf(filter: Expression): readonly Expression[] {
  return filter.type === 'and' ? filter.operands : [filter];
}

/** A function with a condition on spans. */
type TraceFunction = Expression & { readonly type: 'has' | 'root' | 'parent' | 'under' };

/**
 * Translates an expression to SQL, either as a condition on a row of `traces` or as one on a row of `spans`.
 * `evaluate-filter.ts` defines the meaning, and tests compare both.
 */
class FilterSql {
  readonly #scope: ProjectScope;
  readonly #inRange: Sql;
  readonly #logsInRange: Sql;

  constructor(scope: ProjectScope, fromNs: bigint, toNs: bigint) {
    const end = toNs < MAX_NS - DAY_NS ? toNs + DAY_NS : MAX_NS;
    this.#scope = scope;
    this.#inRange = sql`start >= ${time(fromNs)} AND start < ${time(end)}`;
    this.#logsInRange = sql`time >= ${time(fromNs)} AND time < ${time(end)}`;
  }

  /** Conditions that all have to be true. The texts among them have to be in one span. */
  allOfTrace(operands: readonly Expression[]): Sql[] {
    const texts = textsOf(operands);
    const others = texts.length > 1 ? operands.filter((each) => each.type !== 'text') : operands;
    const conditions = others.map((each) => this.ofTrace(each));
    return texts.length > 1 ? [...conditions, this.#traceWithTexts(texts)] : conditions;
  }

  ofTrace(node: Expression): Sql {
    switch (node.type) {
      case 'and':
        return and(this.allOfTrace(node.operands));
      case 'or':
        return or(node.operands.map((each) => this.ofTrace(each)));
      case 'not':
        return sql`NOT (${this.ofTrace(node.operand)})`;
      case 'has':
      case 'root':
        return this.#traceFunction(node);
      case 'count':
        return this.#count(node.where, node.comparison, node.value);
      case 'parent':
      case 'under':
        return this.#someSpan(this.ofSpan(node));
      case 'text':
        return this.#traceWithText(node);
      default:
        return this.#conditionOfTrace(node) ?? this.#someSpan(this.ofSpan(node));
    }
  }

  ofSpan(node: Expression): Sql {
    switch (node.type) {
      case 'and':
        return and(node.operands.map((each) => this.ofSpan(each)));
      case 'or':
        return or(node.operands.map((each) => this.ofSpan(each)));
      case 'not':
        return sql`NOT (${this.ofSpan(node.operand)})`;
      case 'has':
      case 'root':
        return this.#traceFunction(node);
      case 'count':
        return this.#count(node.where, node.comparison, node.value);
      case 'parent':
        return sql`(trace_id, parent_span_id) IN (SELECT trace_id, span_id FROM ${this.#scope.mergedSpans} WHERE ${this.#inRange} AND ${this.ofSpan(node.where)})`;
      case 'under':
        return this.#under(node.where);
      case 'text':
        return this.#spanWithText(node);
      default:
        return this.#conditionOfSpan(node);
    }
  }

  #someSpan(condition: Sql): Sql {
    return sql`trace_id IN (SELECT trace_id FROM ${this.#scope.mergedSpans} WHERE ${this.#inRange} AND (${condition}))`;
  }

  #traceFunction({ type, where }: TraceFunction): Sql {
    const condition = this.ofSpan(where);
    return this.#someSpan(type === 'root' ? sql`parent_span_id = '' AND (${condition})` : condition);
  }

  /** Traces without matching spans are in no group, so if 0 satisfies the comparison, the opposite is excluded. */
  #count(where: Expression, comparison: Comparison, value: number): Sql {
    const passesZero = {
      '>': 0 > value,
      '>=': 0 >= value,
      '<': 0 < value,
      '<=': 0 <= value,
      '=': value === 0,
    };
    const having = sql`count() ${unsafeRawSql(comparison)} ${value}`;
    const groups = (condition: Sql) =>
      sql`(SELECT trace_id FROM ${this.#scope.mergedSpans} WHERE ${this.#inRange} AND (${this.ofSpan(where)}) GROUP BY trace_id HAVING ${condition})`;
    return passesZero[comparison]
      ? sql`trace_id NOT IN ${groups(sql`NOT (${having})`)}`
      : sql`trace_id IN ${groups(having)}`;
  }

  /** Selects all descendants of the matching spans, within their traces. */
  #under(where: Expression): Sql {
    const { mergedSpans } = this.#scope;
    const matching = sql`SELECT trace_id, span_id FROM ${mergedSpans} WHERE ${this.#inRange} AND (${this.ofSpan(where)})`;
    return sql`(trace_id, span_id) IN (
      WITH RECURSIVE below AS (
        SELECT child.trace_id AS trace_id, child.span_id AS span_id
        FROM (SELECT trace_id, span_id, parent_span_id FROM ${mergedSpans} WHERE ${this.#inRange}) AS child
        WHERE (child.trace_id, child.parent_span_id) IN (${matching})
        UNION ALL
        SELECT child.trace_id AS trace_id, child.span_id AS span_id
        FROM (SELECT trace_id, span_id, parent_span_id FROM ${mergedSpans} WHERE ${this.#inRange}) AS child
        INNER JOIN below ON child.trace_id = below.trace_id AND child.parent_span_id = below.span_id
      )
      SELECT trace_id, span_id FROM below)`;
  }

  /** Undefined if the row of a trace does not have the value, so that its spans have to be read. */
  #conditionOfTrace(node: Exclude<Condition, TextCondition>): Sql | undefined {
    const { subject } = node;
    if (subject.type === 'score') return sql`trace_id IN (${this.#scores(node, sql`trace_id`)})`;
    if (subject.type !== 'field') return undefined;
    if (node.type === 'number')
      return isOfTrace(node)
        ? numberTestSql(inCatalogueUnit(subject.field as TraceNumberField), node.test)
        : undefined;
    const field = subject.field as LabelField;
    if (field === 'status' || field === 'trace')
      return labelTestSql(field === 'status' ? sql`status` : sql`trace_id`, node.test);
    return someLabelSql(TRACE_LABELS[field], node.test);
  }

  #conditionOfSpan(node: Exclude<Condition, TextCondition>): Sql {
    const { subject } = node;
    if (subject.type === 'score') {
      const scored = this.#scores(node, sql`trace_id, span_id`);
      return sql`(trace_id, span_id) IN (${scored} AND span_id != '')`;
    }
    if (subject.type === 'field')
      return node.type === 'label'
        ? this.#labelOfSpan(node)
        : numberTestSql(SPAN_NUMBERS[subject.field as SpanNumberField], node.test);
    if (subject.type === 'attribute') return openValue(sql`attributes[${subject.key}]`, node);
    return sql`(trace_id, span_id) IN (SELECT trace_id, span_id FROM ${this.#scope.payloads} WHERE ${this.#inRange} AND ${openValue(resourceText(subject.key), node)})`;
  }

  /** A tag that people gave to a trace counts for each of its spans. */
  #labelOfSpan(node: Extract<Condition, { type: 'label' }>): Sql {
    const ofSpan = labelOfSpan(node);
    if (node.subject.type !== 'field' || node.subject.field !== 'tag') return ofSpan;
    return sql`(${ofSpan} OR trace_id IN (SELECT trace_id FROM ${this.#scope.givenTags} WHERE ${labelTestSql(sql`tag`, node.test)}))`;
  }

  /** A subquery on scores. */
  #scores(node: Exclude<Condition, TextCondition>, columns: Sql): Sql {
    const name = (node.subject as { name: string }).name;
    const test =
      node.test.type === 'exists'
        ? sql`true`
        : node.type === 'number'
          ? numberTestSql(sql`number`, node.test)
          : labelTestSql(sql`text`, node.test);
    return sql`SELECT ${columns} FROM ${this.#scope.scores} WHERE name = ${name} AND trace_id != '' AND ${test}`;
  }

  #traceWithText(node: TextCondition): Sql {
    const text = hasTextSql(node);
    return sql`trace_id IN (
      SELECT trace_id FROM ${this.#scope.payloads} WHERE ${this.#inRange} AND ${text}
      UNION DISTINCT
      SELECT trace_id FROM ${this.#scope.logs} WHERE ${this.#logsInRange} AND ${text})`;
  }

  /**
   * Traces with a span that contains all texts. Each text can be in the payload or in any log record of the span. Spans
   * without matching log records are found by their payload alone, so the second part usually reads nothing.
   */
  #traceWithTexts(nodes: readonly TextCondition[]): Sql {
    const texts = nodes.map(hasTextSql);
    const { payloads, logs } = this.#scope;
    const logged = sql`SELECT trace_id FROM ${logs} WHERE ${this.#logsInRange} AND (${or(texts)})`;
    const found = texts.flatMap((text, index) => [
      sql`SELECT trace_id, span_id, ${index} AS text FROM ${logs} WHERE ${this.#logsInRange} AND ${text}`,
      sql`SELECT trace_id, span_id, ${index} AS text FROM ${payloads} WHERE ${this.#inRange} AND trace_id IN (${logged}) AND ${text}`,
    ]);
    return sql`trace_id IN (
      SELECT trace_id FROM ${payloads} WHERE ${this.#inRange} AND ${and(texts)}
      UNION DISTINCT
      SELECT trace_id FROM (${join(found, ' UNION ALL ')})
      GROUP BY trace_id, span_id HAVING uniqExact(text) = ${texts.length})`;
  }

  #spanWithText(node: TextCondition): Sql {
    const text = hasTextSql(node);
    return sql`(trace_id, span_id) IN (
      SELECT trace_id, span_id FROM ${this.#scope.payloads} WHERE ${this.#inRange} AND ${text}
      UNION DISTINCT
      SELECT trace_id, span_id FROM ${this.#scope.logs} WHERE ${this.#logsInRange} AND ${text})`;
  }
}

function or(conditions: readonly Sql[]): Sql {
  return join(
    conditions.map((condition) => sql`(${condition})`),
    ' OR ',
  );
}

function labelOfSpan({ subject, test }: Extract<Condition, { type: 'label' }>): Sql {
  if (subject.type !== 'field') return sql`false`;
  const column = LABEL_COLUMNS[subject.field];
  if ('text' in column) return labelTestSql(column.text, test);
  return someLabelSql(column.list, test);
}

/** True if any text of a list satisfies the test. */
function someLabelSql(list: Sql, test: LabelTest): Sql {
  if (test.type === 'equals') return sql`has(${list}, ${test.value})`;
  return sql`arrayExists(each -> ${labelTestSql(sql`each`, test)}, ${list})`;
}

/**
 * A resource attribute of a row of `payloads` as text, empty if it is absent. Resources are stored only with the content.
 * Keys have the form in which `encodeAttributes` writes them.
 */
export function resourceText(name: string): Sql {
  const key = /^[$0-9]/.test(name) ? `$${name}` : name;
  const raw = sql`JSONExtractRaw(resource, 'attributes', ${key})`;
  return sql`if(startsWith(${raw}, '"'), JSONExtractString(resource, 'attributes', ${key}), ${raw})`;
}

/** Attributes are text. They are converted if they are compared as numbers. */
function openValue(text: Sql, node: Exclude<Condition, TextCondition>): Sql {
  return node.type === 'label'
    ? labelTestSql(text, node.test)
    : numberTestSql(sql`toFloat64OrNull(${text})`, node.test);
}
