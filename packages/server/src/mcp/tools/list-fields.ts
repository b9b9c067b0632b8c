import { FILTER_FIELDS, type FilterField, filterFieldOf, formatCount } from '@throughline/spans';
import { z } from 'zod';
import { traceValues } from '../../query/traces/trace-values.ts';
import { LISTED_FIELDS, type ListedField } from '../../query/value-counts.ts';
import { defineTool, FILTER_AND_RANGE, PROJECT, scopeOf, selectionOf } from '../tool.ts';

export const listFields = defineTool({
  name: 'list_fields',
  title: 'Fields and values of the filter',
  description:
    'Without a field: the filter language and all its fields. With a field such as model, feature, user, tool, error or env: its values and the number of traces with each.',
  input: z.object({
    field: z.string().max(100).optional(),
    prefix: z.string().max(200).default('').describe('Beginning of the values. Case is ignored.'),
    ...FILTER_AND_RANGE,
    limit: z.number().int().min(1).max(200).default(20),
    ...PROJECT,
  }),
  async run({ field, prefix, limit, project, ...selection }, context) {
    if (field === undefined) return LANGUAGE;
    const known = filterFieldOf(field);
    if (known === undefined) return `There is no field "${field}".\n${LANGUAGE}`;
    if (!isListed(known))
      return `${known} (${FILTER_FIELDS[known].describes}) has no list of values. Example: ${FILTER_FIELDS[known].example}`;
    const { values, more } = await traceValues(scopeOf(context, project), {
      ...selectionOf(selection, context),
      field: known,
      prefix,
      limit,
      signal: context.signal,
    });
    if (values.length === 0) return `No trace in this selection has a value for ${known}.`;
    return [
      `${known} | traces`,
      ...values.map(({ value, count }) => `${value} | ${formatCount(count)}`),
      ...(more ? ['There are more values; use prefix or a filter.'] : []),
    ].join('\n');
  },
});

function isListed(field: FilterField): field is ListedField {
  return (LISTED_FIELDS as readonly string[]).includes(field);
}

const LANGUAGE = [
  'Conditions are joined by AND. Write OR between alternatives, - or NOT before a condition, and parentheses for groups.',
  'field:value, field:"two words", field:gpt-4o*, field:(a OR b), field:* (has any value), number>2, number:1..10.',
  'Units: latency>2s, ttft<800ms, cost>0.5c or cost>0.02 (US dollars), tokens>=10k.',
  'Words without a field are searched for in the content; "quoted words" in this order; refund* by prefix.',
  'attr.<key>:value (any span attribute), resource.<key>:value, score.<name><0.5.',
  'has(…): one span matches all conditions inside; root(…), parent(…), under(…): a span in this place; count(kind:tool)>5.',
  'status:error means that the trace failed; has(status:error) or errors>0 that any span failed.',
  '',
  'Fields:',
  ...Object.entries(FILTER_FIELDS).map(
    ([name, { describes, example }]) => `${name}: ${describes} ${example}`,
  ),
].join('\n');
