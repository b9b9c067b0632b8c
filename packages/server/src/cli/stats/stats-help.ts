import { GRAINS, QUERY_MEASURES } from '@throughline/spans';

/** The measures and words of a question, for `throughline stats --help`. */
export function statsHelp(): string {
  const width = Math.max(...Object.keys(QUERY_MEASURES).map((name) => name.length));
  return [
    'Examples:',
    '  throughline stats cost by feature last 7d',
    '  throughline stats cost,cost.p99,calls by model per day last 30d env:production',
    '  throughline stats latency.p95,errorRate by traceName --traces --compare',
    '',
    'Measures, with an aggregation after a dot (the first one is the default):',
    ...Object.entries(QUERY_MEASURES).map(
      ([name, { aggregations }]) => `  ${name.padEnd(width)}  ${aggregations.join(' ')}`,
    ),
    `  ${'score.<name>'.padEnd(width)}  avg min max p50 p90 p95 p99 count passRate ciLow ciHigh`,
    `  ${'<field>'.padEnd(width)}  number of different values, such as user or session`,
    '',
    'Dimensions: a field of the filter language, attr.<key>, resource.<key>, traceName, hourOfDay, dayOfWeek.',
    `Grains: ${GRAINS.join(', ')}, auto.`,
  ].join('\n');
}
