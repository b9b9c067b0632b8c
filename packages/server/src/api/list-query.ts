import { FILTER_FIELDS } from '@throughline/spans';
import { z } from 'zod';
import { problem } from '../contract/problem.ts';
import { MAX_CURSOR_LENGTH } from '../query/cursor.ts';
import { LISTED_FIELDS } from '../query/value-counts.ts';
import { projectQuery } from './request-scope.ts';

/** Parameters that lists have in common. */

export const filterQuery = z
  .string()
  .optional()
  .describe(
    'Filter, for example `kind:llm model:gpt-4o* -env:staging (feature:search OR feature:chat) latency>2s "refund policy"`. ' +
      'Conditions are joined by AND unless they are separated by OR; `-` or NOT negates. Functions: `has(…)`, `root(…)`, ' +
      '`parent(…)`, `under(…)`, `count(…)>5`. Fields: ' +
      Object.entries(FILTER_FIELDS)
        .map(([name, { describes }]) => `\`${name}\` (${describes.replace(/\.$/, '')})`)
        .join(', ') +
      ', `attr.<key>`, `resource.<key>`, `score.<name>`. Words without a field are searched for in the content.',
  );

export const columnsQuery = z
  .string()
  .max(4000)
  .optional()
  .describe(
    'Attributes to return in `columns` of each row, separated by commas: `attr.customer.tier,attr.region`. At most 20. A ' +
      'comma or a backslash in a key is written after a backslash.',
  );

export const cursorQuery = z.string().max(MAX_CURSOR_LENGTH).optional();

export const pageQuery = projectQuery.extend({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: cursorQuery.describe('`nextCursor` of the previous page'),
});

/** Parameters of the values of a field. */
export const valuesQuery = {
  field: z.enum(LISTED_FIELDS).describe('Field of the filter language, such as `model`'),
  prefix: z.string().max(200).default('').describe('Beginning of the values. Case is ignored.'),
  limit: z.coerce.number().int().min(1).max(200).default(20),
};

export const listErrors = {
  400: problem,
  404: problem,
  422: problem,
  429: problem,
  500: problem,
  503: problem,
};
