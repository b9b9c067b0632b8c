import { BIN_BOUNDS, type Dimension, type RowsOf } from '@throughline/spans';
import { type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import type { ZoneOffsets } from '../../contract/zone-offsets.ts';
import { LABEL_COLUMNS, type LabelColumn, SPAN_NUMBERS, TRACE_LABELS } from '../filter/filter-columns.ts';
import { inCatalogueUnit } from '../traces/measure-columns.ts';

/** The value of a dimension in a row: one text, or several of which each counts. An absent value is an empty text. */
export function labelSql(of: RowsOf, dimension: Dimension): LabelColumn {
  switch (dimension.type) {
    case 'attribute':
      return { text: sql`attributes[${dimension.key}]` };
    case 'resource':
      return { text: sql`resource_value` };
    case 'traceName':
      return { text: of === 'traces' ? sql`name` : sql`trace_name` };
    case 'label': {
      const { field } = dimension;
      if (of === 'spans') return LABEL_COLUMNS[field];
      if (field === 'status') return { text: sql`status` };
      return field === 'trace' ? { text: sql`trace_id` } : { list: TRACE_LABELS[field] };
    }
    default:
      throw new Error(`The dimension ${dimension.type} is not a label.`);
  }
}

/** With an exponent, so that all of them are floating-point numbers. */
const BOUNDS = unsafeRawSql(
  `[${BIN_BOUNDS.map((bound) => bound.toExponential().replace('+', '')).join(', ')}]`,
);
const START_SECONDS = sql`toUnixTimestamp64Second(start)`;

/** The value of an ordinal dimension as a number. A number without a value is NULL. */
export function ordinalSql(of: RowsOf, dimension: Dimension, offsets: ZoneOffsets): Sql {
  if (dimension.type === 'number') {
    const value =
      of === 'spans' ? SPAN_NUMBERS[dimension.field as 'cost'] : inCatalogueUnit(dimension.field as 'cost');
    return sql`if(${value} > 0, roundDown(toFloat64(assumeNotNull(${value})), ${BOUNDS}), if(${value} IS NULL, NULL, 0))`;
  }
  const wall = sql`(${START_SECONDS} + ${offsetSql(offsets)})`;
  if (dimension.type === 'hourOfDay') return sql`toUInt8(intDiv(${wall}, 3600) % 24)`;
  // 1970 began on a Thursday.
  return sql`toUInt8((intDiv(${wall}, 86400) + 3) % 7 + 1)`;
}

/** The seconds between the clocks of the zone and UTC when a row started. */
function offsetSql({ first, changes }: ZoneOffsets): Sql {
  const [firstChange] = changes;
  if (!firstChange) return sql`${first / 1000}`;
  // Times before the first change are rounded to the second before it.
  const since = [firstChange.atMs / 1000 - 1, ...changes.map(({ atMs }) => atMs / 1000)];
  const offsets = [first, ...changes.map(({ offsetMs }) => offsetMs)].map((ms) => ms / 1000);
  return sql`transform(roundDown(${START_SECONDS}, ${integers(since)}), ${integers(since)}, ${integers(offsets)}, toInt64(0))`;
}

/** Signed, because the store cannot compare seconds after 2106 with signed ones otherwise. */
function integers(values: readonly number[]): Sql {
  return unsafeRawSql(`CAST([${values.join(', ')}], 'Array(Int64)')`);
}

/** The start of the step in which a row started, in seconds since 1970. */
export function stepSql(stepsMs: readonly number[]): Sql {
  return sql`roundDown(${START_SECONDS}, ${integers(stepsMs.map((ms) => ms / 1000))})`;
}
