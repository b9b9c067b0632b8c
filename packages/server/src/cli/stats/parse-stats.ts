import { describeMeasure, GRAINS, type Grain, parseDimension, parseMeasure } from '@throughline/spans';
import { CliError } from '../api-client.ts';

/** A question such as `cost,calls by feature per day last 7d model:gpt-4o*`. */
export interface StatsQuestion {
  readonly measures: readonly { readonly measure: string; readonly aggregation?: string }[];
  readonly dimensions: readonly string[];
  readonly grain?: Grain | 'auto';
  /** Length of the range in milliseconds. */
  readonly lastMs?: number;
  readonly filter?: string;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const KEYWORDS = ['by', 'per', 'last'];
const EXAMPLE = 'throughline stats cost by feature last 7d';

/**
 * Parses the words of a question. The first one names the measures; `by`, `per` and `last` each take the next word, in any
 * order; all other words are the filter.
 *
 * @throws CliError with what was expected
 */
export function parseStats(words: readonly string[]): StatsQuestion {
  const [measures, ...rest] = words;
  if (measures === undefined || measures === '' || KEYWORDS.includes(measures))
    throw new CliError(`Name a measure first, as in: ${EXAMPLE}`, 2);
  const options = new Map<string, string>();
  const filter: string[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] as string;
    if (!KEYWORDS.includes(word)) {
      filter.push(word);
      continue;
    }
    index += 1;
    const value = rest[index];
    if (value === undefined) throw new CliError(`Expected a word after "${word}", as in: ${EXAMPLE}`, 2);
    options.set(word, value);
  }
  const [by, per, last] = KEYWORDS.map((keyword) => options.get(keyword));
  return {
    measures: measures.split(',').map(measureOf),
    dimensions: by === undefined ? [] : by.split(',').map(dimensionOf),
    ...(per !== undefined && { grain: grainOf(per) }),
    ...(last !== undefined && { lastMs: lengthOf(last) }),
    ...(filter.length > 0 && { filter: filter.join(' ') }),
  };
}

/** `latency.p95` is a measure with an aggregation. */
function measureOf(text: string): StatsQuestion['measures'][number] {
  const dot = text.lastIndexOf('.');
  const measure = parseMeasure(dot < 0 ? text : text.slice(0, dot));
  const aggregation = text.slice(dot + 1);
  if (
    dot > 0 &&
    measure &&
    (describeMeasure(measure).aggregations as readonly string[]).includes(aggregation)
  )
    return { measure: text.slice(0, dot), aggregation };
  if (parseMeasure(text)) return { measure: text };
  if (dot > 0 && measure)
    throw new CliError(
      `${text}: expected one of ${describeMeasure(measure).aggregations.join(', ')} after the dot.`,
      2,
    );
  throw new CliError(`There is no measure "${text}". "throughline stats --help" lists them.`, 2);
}

function dimensionOf(text: string): string {
  if (parseDimension(text)) return text;
  throw new CliError(
    `There is no dimension "${text}". Use a field of the filter language, attr.<key>, resource.<key>, traceName, hourOfDay or dayOfWeek.`,
    2,
  );
}

function grainOf(text: string): Grain | 'auto' {
  const grain = [...GRAINS, 'auto' as const].find((each) => each === text);
  if (grain) return grain;
  throw new CliError(`per ${text}: expected ${GRAINS.join(', ')} or auto.`, 2);
}

function lengthOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0)
    throw new CliError(`last ${text}: expected a number with m, h, d or w, such as 7d.`, 2);
  return Number(count) * (UNIT_MS[unit] as number);
}
