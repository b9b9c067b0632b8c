/** The dimensions by which `POST /metrics/query`, the dashboards and `throughline stats` can group. */
import {
  FILTER_FIELDS,
  type FilterField,
  filterFieldOf,
  isLabelField,
  type LabelField,
  type NumberField,
} from './fields.ts';
import type { RowsOf } from './query-measures.ts';

/** Dimensions that are not fields of the filter language. */
export const OTHER_DIMENSIONS = {
  traceName: 'Name of the trace, which is the name of its root.',
  hourOfDay: 'Hour of the day at which a span or trace started, 0 to 23, in the time zone of the query.',
  dayOfWeek:
    'Day of the week at which a span or trace started, 1 (Monday) to 7, in the time zone of the query.',
} as const;

export type Dimension =
  | { readonly type: 'label'; readonly field: LabelField }
  /** A number in ranges on a logarithmic scale, see `bins.ts`. */
  | { readonly type: 'number'; readonly field: NumberField }
  | { readonly type: 'attribute' | 'resource'; readonly key: string }
  | { readonly type: keyof typeof OTHER_DIMENSIONS };

const PREFIXES = { 'attr.': 'attribute', 'resource.': 'resource' } as const;

/** The dimension with this name: `feature`, `attr.customer.tier`, `hourOfDay`, `cost`. Ignores the case of fields. */
export function parseDimension(name: string): Dimension | undefined {
  for (const [prefix, type] of Object.entries(PREFIXES))
    if (name.startsWith(prefix) && name.length > prefix.length)
      return { type: type as 'attribute' | 'resource', key: name.slice(prefix.length) };
  const other = Object.keys(OTHER_DIMENSIONS).find((each) => each.toLowerCase() === name.toLowerCase());
  if (other !== undefined) return { type: other as keyof typeof OTHER_DIMENSIONS };
  const field = filterFieldOf(name);
  if (field === undefined) return undefined;
  return isLabelField(field) ? { type: 'label', field } : { type: 'number', field };
}

/** The name of a dimension in the columns of a result. */
export function printDimension(dimension: Dimension): string {
  switch (dimension.type) {
    case 'label':
    case 'number':
      return dimension.field;
    case 'attribute':
      return `attr.${dimension.key}`;
    case 'resource':
      return `resource.${dimension.key}`;
    default:
      return dimension.type;
  }
}

/** Whether all values of a dimension are known in advance and have an order. They do not count towards the limit of groups. */
export function isOrdinal(dimension: Dimension): boolean {
  return dimension.type === 'number' || dimension.type === 'hourOfDay' || dimension.type === 'dayOfWeek';
}

/** Whether spans or traces can be grouped by a dimension. */
export function hasDimension(of: RowsOf, dimension: Dimension): boolean {
  if (dimension.type === 'attribute' || dimension.type === 'resource') return of === 'spans';
  if (dimension.type !== 'number') return true;
  const { of: kind } = FILTER_FIELDS[dimension.field as FilterField];
  return kind === 'both' || kind === (of === 'spans' ? 'span' : 'trace');
}
