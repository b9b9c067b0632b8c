/**
 * Compares selected traces with the other traces of a range: values of fields and attributes, measures and words, sorted by
 * how certainly their shares differ.
 */
import {
  compareShares,
  type Expression,
  type Filter,
  type LabelField,
  type MeasureId,
  printFilter,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, join, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { TraceDifference, TraceDifferences } from '../../contract/trace-distribution.ts';
import { TRACE_LABELS } from '../filter/filter-columns.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { type ComparedValues, type CountedValue, countValues, type GroupSizes } from './compared-values.ts';
import { compareContent } from './content-differences.ts';
import { inCatalogueUnit } from './measure-columns.ts';
import { rangeOf } from './volume.ts';

export interface TraceDifferencesOptions {
  /** Nanoseconds since 1970. Default: the first and the last trace of the project. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  /** The traces to compare. */
  readonly filter?: Filter | undefined;
  /** The selected ones of them. */
  readonly selected: {
    readonly fromNs?: bigint | undefined;
    readonly toNs?: bigint | undefined;
    readonly filter?: Filter | undefined;
  };
  /** Maximum number of differences. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** Number of traces of each group whose fields and measures are compared. If there are more, they are sampled. */
const SAMPLE = 20_000;
/** The same for attributes and words, which are read from all spans of a trace. */
const CONTENT_SAMPLE = 500;
const COMPARED_MEASURES: readonly MeasureId[] = ['latency', 'cost', 'tokens', 'spans', 'errors'];

export async function traceDifferences(
  scope: ProjectScope,
  options: TraceDifferencesOptions,
): Promise<TraceDifferences> {
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const { fromNs, toNs } = await rangeOf(scope, options, limits);
  const groups = groupsOf(scope, options, fromNs, toNs);
  const sizes = await readSizes(scope, groups, limits);
  if (sizes.selected === 0 || sizes.rest === 0)
    return { ...sizes, sampled: null, contentSampled: null, compared: 0, differences: [] };
  const [ofTraces, ofContent] = await Promise.all([
    compareTraces(scope, groups, sizes, subjectsOf(options.selected.filter), limits),
    compareContent(scope, groups.sampled(sizes, CONTENT_SAMPLE), limits),
  ]);
  const compared = ofTraces.compared + ofContent.compared;
  const differences = [
    ...ofTraces.values.map((value) => toDifference(value, ofTraces.sizes, compared)),
    ...ofContent.values.map((value) => toDifference(value, ofContent.sizes, compared)),
  ];
  return {
    ...sizes,
    sampled: isSample(ofTraces.sizes, sizes) ? ofTraces.sizes : null,
    contentSampled: isSample(ofContent.sizes, sizes) ? ofContent.sizes : null,
    compared,
    differences: withoutRepeats(
      differences.filter(({ selectedShare, restShare }) => selectedShare !== restShare).sort(byScore),
    ).slice(0, options.limit),
  };
}

interface Groups {
  /** The traces of both groups, with the column `is_selected`. */
  readonly all: Sql;
  /** At most about `most` traces of each group, chosen by a hash of their id. */
  sampled(sizes: GroupSizes, most: number): Sql;
}

function groupsOf(
  scope: ProjectScope,
  { filter, selected }: TraceDifferencesOptions,
  fromNs: bigint,
  toNs: bigint,
): Groups {
  const within = [
    sql`start >= ${time(selected.fromNs ?? 0n)} AND start < ${time(selected.toNs ?? MAX_NS)}`,
    ...filterConditions(scope, selected.filter, fromNs, toNs),
  ];
  const all = sql`
    SELECT *, ifNull(${and(within)}, false) AS is_selected
    FROM ${scope.traces} AS traces
    WHERE ${and([
      sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
      ...filterConditions(scope, filter, fromNs, toNs),
    ])}`;
  const rate = (of: number, most: number) => Math.ceil(Math.min(1, most / Math.max(1, of)) * HASHES);
  return {
    all,
    sampled: (sizes, most) => sql`
      SELECT * FROM (${all})
      WHERE cityHash64(trace_id) % ${HASHES} < if(is_selected, ${rate(sizes.selected, most)}, ${rate(sizes.rest, most)})`,
  };
}

/** Number of different hashes for sampling. It is a prime, so that it does not follow a pattern of the ids. */
const HASHES = 1_000_003;

async function readSizes(scope: ProjectScope, { all }: Groups, limits: QueryLimits): Promise<GroupSizes> {
  const [row] = await scope.query<{ selected: string; n: string }>(
    sql`SELECT countIf(is_selected) AS selected, count() AS n FROM (${all})`,
    limits,
  );
  const selected = Number(row?.selected ?? 0);
  return { selected, rest: Number(row?.n ?? 0) - selected };
}

/** Compares fields and measures. */
async function compareTraces(
  scope: ProjectScope,
  groups: Groups,
  all: GroupSizes,
  used: ReadonlySet<string>,
  limits: QueryLimits,
): Promise<ComparedValues> {
  const sampled = groups.sampled(all, SAMPLE);
  const measures = COMPARED_MEASURES.filter((measure) => !used.has(measure));
  const { sizes, bounds } = await readBounds(scope, sampled, measures, limits);
  const fields = Object.entries(TRACE_LABELS).filter(([field]) => !used.has(field));
  const labels = fields.map(
    ([field, column]) => sql`arrayMap(each -> (${field}, toString(each)), arrayDistinct(${column}))`,
  );
  const status = used.has('status') ? [] : [sql`[('status', toString(status))]`];
  const values = [...labels, ...status, ...bounds.map(({ test }) => test)];
  const each = sql`
    SELECT is_selected, pair.1 AS name, pair.2 AS value
    FROM (${sampled})
    ARRAY JOIN arrayConcat(${join(values, ', ')}) AS pair
    WHERE value != ''`;
  const rows = await countValues(scope, each, sizes, limits);
  const byName = new Map(bounds.map(({ name, difference }) => [name, difference]));
  return {
    sizes,
    compared: Number(rows[0]?.compared ?? 0),
    values: rows.map((row): CountedValue => {
      const counts = { selectedCount: Number(row.in_selected), restCount: Number(row.in_rest) };
      const measure = byName.get(row.name);
      if (measure) return { kind: 'measure', ...measure, ...counts };
      const subject = { type: 'field', field: row.name as LabelField } as const;
      const test = { type: 'equals', value: row.value } as const;
      const filter = printFilter({ type: 'label', subject, test });
      return { kind: 'field', name: row.name, value: row.value, filter, ...counts };
    }),
  };
}

interface Bound {
  readonly name: string;
  /** A list with the pair that the rows have that are beyond the bound. */
  readonly test: Sql;
  readonly difference: Pick<CountedValue, 'name' | 'value' | 'filter'>;
}

/** The sizes of the sampled groups, and for each measure the lowest and the highest quarter of the rest. */
async function readBounds(
  scope: ProjectScope,
  sampled: Sql,
  measures: readonly MeasureId[],
  limits: QueryLimits,
): Promise<{ readonly sizes: GroupSizes; readonly bounds: Bound[] }> {
  const quartiles = measures.map((measure) => {
    const value = sql`toFloat64(${inCatalogueUnit(measure)})`;
    return sql`quantilesExactIf(0.25, 0.75)(ifNull(${value}, 0), NOT is_selected AND isNotNull(${value}))`;
  });
  const [row] = await scope.query<{ selected: string; rest: string; quartiles: (number | null)[][] }>(
    sql`
    SELECT countIf(is_selected) AS selected, countIf(NOT is_selected) AS rest, [${join(quartiles, ', ')}] AS quartiles
    FROM (${sampled})`,
    limits,
  );
  const bounds = measures.flatMap((measure, index) => {
    const [low, high] = row?.quartiles[index] ?? [];
    const beyond = (comparison: '<=' | '>=', bound: number | null | undefined): Bound[] => {
      // Without a value there is no quarter, and nothing is below zero.
      if (bound === null || bound === undefined || !Number.isFinite(bound)) return [];
      if (comparison === '>=' && bound <= 0) return [];
      const rounded = Number(bound.toPrecision(3));
      const name = `${measure} ${comparison}`;
      const value = inCatalogueUnit(measure);
      const holds = comparison === '<=' ? sql`${value} <= ${rounded}` : sql`${value} >= ${rounded}`;
      const expression: Expression = {
        type: 'number',
        subject: { type: 'field', field: measure as 'latency' },
        test: { type: 'compare', comparison, value: rounded },
      };
      const filter = printFilter(expression);
      const text = filter.slice(measure.length);
      return [
        {
          name,
          test: sql`if(ifNull(${holds}, false), [(${name}, 'yes')], [])`,
          difference: { name: measure, value: text, filter },
        },
      ];
    };
    return [...beyond('<=', low), ...beyond('>=', high)];
  });
  return { sizes: { selected: Number(row?.selected ?? 0), rest: Number(row?.rest ?? 0) }, bounds };
}

/** Fields and measures of a filter. The selected traces differ in them by definition. */
function subjectsOf(filter: Filter): ReadonlySet<string> {
  const subjects = new Set<string>();
  const visit = (node: Expression): void => {
    switch (node.type) {
      case 'and':
      case 'or':
        for (const operand of node.operands) visit(operand);
        break;
      case 'not':
        visit(node.operand);
        break;
      case 'label':
      case 'number':
        if (node.subject.type === 'field') subjects.add(node.subject.field);
        break;
      case 'text':
        break;
      default:
        visit(node.where);
    }
  };
  if (filter) visit(filter);
  return subjects;
}

function isSample(compared: GroupSizes, all: GroupSizes): boolean {
  return compared.selected < all.selected || compared.rest < all.rest;
}

function toDifference(counted: CountedValue, sizes: GroupSizes, compared: number): TraceDifference {
  const { selectedCount, restCount } = counted;
  const shares = { count: selectedCount, of: sizes.selected, otherCount: restCount, otherOf: sizes.rest };
  const { score, isSignificant } = compareShares(shares, compared);
  return {
    ...counted,
    selectedShare: sizes.selected === 0 ? 0 : selectedCount / sizes.selected,
    restShare: sizes.rest === 0 ? 0 : restCount / sizes.rest,
    score,
    significant: isSignificant,
  };
}

/** Certain differences first, then the largest. Of equal ones, what the selected traces have comes before what they lack. */
function byScore(a: TraceDifference, b: TraceDifference): number {
  const gap = ({ selectedShare, restShare }: TraceDifference) => selectedShare - restShare;
  const byDistance = Math.abs(a.score - b.score) < EQUAL ? 0 : b.score - a.score;
  return Number(b.significant) - Number(a.significant) || byDistance || gap(b) - gap(a);
}

/** Scores that differ by less are equal: the angles of a share and of its opposite differ in the last digit. */
const EQUAL = 1e-9;

/** Leaves out attributes and words that repeat a field, such as `gen_ai.request.model` beside `model`. */
function withoutRepeats(differences: readonly TraceDifference[]): TraceDifference[] {
  const fields = new Set(
    differences.filter(({ kind }) => kind === 'field').map(({ value }) => value.toLowerCase()),
  );
  return differences.filter(
    ({ kind, value }) => kind === 'field' || kind === 'measure' || !fields.has(value.toLowerCase()),
  );
}
