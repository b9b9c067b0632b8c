import type { Dimension, Expression, Filter, LabelField, RowsOf } from '@throughline/spans';
import { and, join, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { filterConditions, resourceText, spanFilterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';

export interface SelectedRows {
  readonly of: RowsOf;
  /** Nanoseconds since 1970. The end is exclusive. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly filter: Filter;
  readonly dimensions: readonly Dimension[];
  /** Labels that the measures read. */
  readonly labels: readonly LabelField[];
  /** Whether only counted calls are needed. */
  readonly onlyCalls: boolean;
  /** Joins the scores with this name, so that a row appears once for each of them. */
  readonly score?: string | undefined;
}

const DAY_NS = 86_400_000_000_000n;

/**
 * Labels that a trace often has only on its root. A span without the label has that of its trace. Column of `spans` → column
 * of `traces`.
 */
const INHERITED: Readonly<Partial<Record<LabelField, readonly [ofSpan: string, ofTrace: string]>>> = {
  feature: ['feature', 'feature'],
  user: ['user_id', 'user_id'],
  session: ['session_id', 'session_id'],
  env: ['environment', 'environment'],
};

/** `FROM` and `WHERE` for the selected spans or traces, each in its latest version. */
export function rowsSql(scope: ProjectScope, rows: SelectedRows): Sql {
  const { of, fromNs, toNs, filter } = rows;
  const inRange = sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`;
  if (of === 'traces')
    return sql`
    FROM ${scope.traces} AS traces ${scoresSql(scope, rows)}
    WHERE ${and([inRange, ...filterConditions(scope, filter, fromNs, toNs)])}`;
  return sql`
    FROM ${spansSql(scope, rows, rows.onlyCalls ? sql`${inRange} AND counted` : inRange)} AS spans ${scoresSql(scope, rows)}
    WHERE ${and([inRange, ...spanFilterConditions(scope, filter, fromNs, toNs)])}`;
}

function spansSql(
  scope: ProjectScope,
  { fromNs, toNs, filter, dimensions, labels: measured }: SelectedRows,
  inRange: Sql,
): Sql {
  const labels = new Set([...measured, ...dimensions.flatMap(labelOf), ...fieldsOf(filter)]);
  const inherited = [...labels].flatMap((label) => {
    const columns = INHERITED[label];
    return columns ? [columns] : [];
  });
  const needsName = dimensions.some(({ type }) => type === 'traceName');
  const resource = dimensions.find((each) => each.type === 'resource') as
    | { readonly key: string }
    | undefined;
  const own = sql`(SELECT * FROM ${scope.mergedSpans} WHERE ${inRange})`;
  if (inherited.length === 0 && !needsName && !resource) return own;
  const replaced = inherited.map(([ofSpan, ofTrace]) =>
    unsafeRawSql(`if(s.${ofSpan} = '', of_trace.trace_${ofTrace}, s.${ofSpan}) AS ${ofSpan}`),
  );
  const columns = [
    replaced.length === 0 ? sql`s.*` : sql`s.* REPLACE (${join(replaced, ', ')})`,
    ...(needsName ? [sql`of_trace.trace_name AS trace_name`] : []),
    ...(resource ? [sql`of_payload.resource_value AS resource_value`] : []),
  ];
  const traceColumns = ['name', ...new Set(inherited.map(([, ofTrace]) => ofTrace))].map((column) =>
    unsafeRawSql(`${column} AS trace_${column}`),
  );
  // Spans that start more than a day after their trace have no label of it.
  const traces = sql`
    LEFT ANY JOIN (
      SELECT trace_id AS id_of_trace, ${join(traceColumns, ', ')}
      FROM ${scope.traces}
      WHERE start >= ${time(fromNs > DAY_NS ? fromNs - DAY_NS : 0n)} AND start < ${time(toNs)}
    ) AS of_trace ON s.trace_id = of_trace.id_of_trace`;
  const payloads = (key: string) => sql`
    LEFT ANY JOIN (
      SELECT trace_id AS payload_trace, span_id AS payload_span, ${resourceText(key)} AS resource_value
      FROM ${scope.payloads}
      WHERE start >= ${time(fromNs)} AND start < ${time(toNs)}
    ) AS of_payload ON s.trace_id = of_payload.payload_trace AND s.span_id = of_payload.payload_span`;
  return sql`(
    SELECT ${join(columns, ', ')}
    FROM ${own} AS s
    ${inherited.length > 0 || needsName ? traces : sql``}
    ${resource ? payloads(resource.key) : sql``})`;
}

/** A score of a span belongs to the span, and each score of a trace or of its spans belongs to the trace. */
function scoresSql(scope: ProjectScope, { of, score }: SelectedRows): Sql {
  if (score === undefined) return sql``;
  const ofSpan = of === 'spans' ? sql`AND span_id = scored.scored_span` : sql``;
  return sql`
    INNER JOIN (
      SELECT id AS score_id, trace_id AS scored_trace, span_id AS scored_span, number AS score_number, text AS score_text,
        label AS score_label, value_type AS score_type
      FROM ${scope.scores}
      WHERE name = ${score} AND trace_id != ''
    ) AS scored ON trace_id = scored.scored_trace ${ofSpan}`;
}

function labelOf(dimension: Dimension): LabelField[] {
  return dimension.type === 'label' ? [dimension.field] : [];
}

/** All fields with text values in a filter. */
function fieldsOf(filter: Filter): LabelField[] {
  if (filter === undefined) return [];
  const ofExpression = (node: Expression): LabelField[] => {
    switch (node.type) {
      case 'and':
      case 'or':
        return node.operands.flatMap(ofExpression);
      case 'not':
        return ofExpression(node.operand);
      case 'label':
        return node.subject.type === 'field' ? [node.subject.field] : [];
      default:
        return [];
    }
  };
  return ofExpression(filter);
}
