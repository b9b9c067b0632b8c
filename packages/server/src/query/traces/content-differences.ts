import { printFilter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import {
  type ComparedValues,
  type CountedValue,
  countValues,
  type GroupSizes,
  type ValueRow,
} from './compared-values.ts';
import { inMinutesOf } from './minutes-of-traces.ts';

/** Longer values of attributes are content, which words compare. */
const MAX_VALUE_LENGTH = 200;

/**
 * Compares attributes of spans, and the words of the previews of their input and output.
 *
 * @param sampled a statement with the traces of both groups, with the column `is_selected`
 */
export async function compareContent(
  scope: ProjectScope,
  sampled: Sql,
  limits: QueryLimits,
): Promise<ComparedValues> {
  const traces = await scope.query<{ trace_id: string; selected: boolean; first: string; last: string }>(
    sql`
    SELECT trace_id, toBool(is_selected) AS selected, toUnixTimestamp64Nano(start) AS first,
      toUnixTimestamp64Nano(last_start) AS last
    FROM (${sampled})`,
    limits,
  );
  const selected = traces.filter((trace) => trace.selected).map(({ trace_id }) => trace_id);
  const sizes = { selected: selected.length, rest: traces.length - selected.length };
  if (sizes.selected === 0 || sizes.rest === 0) return { sizes, compared: 0, values: [] };
  const ranges = traces.map(({ first, last }) => ({ firstNs: BigInt(first), lastNs: BigInt(last) }));
  const rows = sql`trace_id IN ${traces.map(({ trace_id }) => trace_id)} AND ${inMinutesOf(ranges)}`;
  const isSelected = sql`trace_id IN ${selected}`;
  const [attributes, words] = await Promise.all([
    readAttributes(scope, rows, isSelected, sizes, limits),
    readWords(scope, rows, isSelected, sizes, limits),
  ]);
  return {
    sizes,
    compared: Number(attributes[0]?.compared ?? 0) + Number(words[0]?.compared ?? 0),
    values: [...attributes.map(toAttribute), ...words.map(toWord)],
  };
}

function readAttributes(
  scope: ProjectScope,
  rows: Sql,
  isSelected: Sql,
  sizes: GroupSizes,
  limits: QueryLimits,
): Promise<ValueRow[]> {
  const each = sql`
    SELECT DISTINCT trace_id, ${isSelected} AS is_selected, pair.1 AS name, pair.2 AS value
    FROM (SELECT trace_id, attributes FROM ${scope.spans} WHERE ${rows})
    ARRAY JOIN arrayZip(mapKeys(attributes), mapValues(attributes)) AS pair
    WHERE value != '' AND length(value) <= ${MAX_VALUE_LENGTH}`;
  return countValues(scope, each, sizes, limits);
}

function readWords(
  scope: ProjectScope,
  rows: Sql,
  isSelected: Sql,
  sizes: GroupSizes,
  limits: QueryLimits,
): Promise<ValueRow[]> {
  const each = sql`
    SELECT DISTINCT trace_id, ${isSelected} AS is_selected, 'text' AS name, word AS value
    FROM (SELECT trace_id, input_preview, output_preview FROM ${scope.payloads} WHERE ${rows})
    ARRAY JOIN extractAll(lowerUTF8(concat(input_preview, ' ', output_preview)), '[\\\\p{L}\\\\p{M}\\\\p{N}]+') AS word
    WHERE lengthUTF8(word) BETWEEN 3 AND 40`;
  return countValues(scope, each, sizes, limits);
}

function toAttribute({ name, value, in_selected, in_rest }: ValueRow): CountedValue {
  const filter = printFilter({
    type: 'label',
    subject: { type: 'attribute', key: name },
    test: { type: 'equals', value },
  });
  return {
    kind: 'attribute',
    name,
    value,
    filter,
    selectedCount: Number(in_selected),
    restCount: Number(in_rest),
  };
}

function toWord({ value, in_selected, in_rest }: ValueRow): CountedValue {
  const filter = printFilter({ type: 'text', match: 'word', text: value });
  return {
    kind: 'word',
    name: 'text',
    value,
    filter,
    selectedCount: Number(in_selected),
    restCount: Number(in_rest),
  };
}
