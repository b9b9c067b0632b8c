import { formatMeasure, parseDimension } from '@throughline/spans';
import type { MetricsResult, MetricsRow } from '../../api/types.ts';
import { countOf } from '../../format/numbers.ts';
import { visibleName } from '../../format/visible-name.ts';

/** Names of the dimensions in the singular, in lower case. */
const NAMES: Readonly<Record<string, string>> = {
  env: 'environment',
  promptVersion: 'prompt version',
  traceName: 'trace name',
  finish: 'finish reason',
  error: 'type of error',
  hourOfDay: 'hour of the day',
  dayOfWeek: 'day of the week',
};

export function nameOfDimension(name: string): string {
  return NAMES[name] ?? name;
}

/** The name of a group: `search`, `search · gpt-4o`, `no feature`. */
export function nameOfGroup(by: readonly string[], row: MetricsRow): string {
  return by
    .map((name) => {
      const value = row[name];
      return value === null || value === undefined
        ? `no ${nameOfDimension(name)}`
        : visibleName(String(value));
    })
    .join(' · ');
}

/** The name of all groups beyond the limit. */
export function nameOfOthers(other: NonNullable<MetricsResult['other']>): string {
  return other.groups ? countOf(other.groups, 'other') : 'others';
}

/** A value of an ordinal dimension: `14:00`, `Mon`, `$0.0200`. */
export function nameOfOrdinal(name: string, value: number, unit: string | null): string {
  const dimension = parseDimension(name);
  if (dimension?.type === 'hourOfDay') return `${String(value).padStart(2, '0')}:00`;
  if (dimension?.type === 'dayOfWeek')
    return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][value - 1] ?? '';
  return formatMeasure(value, unit ?? 'none');
}
