import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { splitStatements } from '../../clickhouse/statements.ts';
import { LOG_STRUCTURE } from '../log-row.ts';
import { METRIC_STRUCTURE } from '../metric-row.ts';
import { PAYLOAD_STRUCTURE } from '../payload-row.ts';
import { SCORE_STRUCTURE } from '../score-row.ts';
import { SCORE_START_STRUCTURE } from '../score-start-row.ts';
import { SPAN_STRUCTURE } from '../span-row.ts';

const schema = readdirSync(new URL('../schema/', import.meta.url))
  .sort()
  .map((file) => readFileSync(new URL(`../schema/${file}`, import.meta.url), 'utf8'))
  .join('\n');

/** The columns of a CREATE TABLE and of later ADD COLUMN … AFTER as `name Type, …`, without codecs, defaults and indexes. */
function structureInSql(table: string): string {
  const statement =
    splitStatements(schema).find((sql) => new RegExp(`\\bEXISTS ${table}\\s*\\(`).test(sql)) ?? '';
  const body = statement.slice(statement.indexOf('(') + 1, statement.lastIndexOf('ENGINE'));
  const columns = body
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => /^[a-z]/.test(line))
    .map(columnOf);
  const added = new RegExp(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS (.+) AFTER (\\w+)`);
  for (const sql of splitStatements(schema)) {
    const [, column = '', after = ''] = added.exec(sql) ?? [];
    if (column !== '')
      columns.splice(columns.findIndex((each) => each.startsWith(`${after} `)) + 1, 0, columnOf(column));
  }
  return columns.join(', ');
}

function columnOf(line: string): string {
  return line.replace(/ CODEC\(.*$/, '').replace(/\s+/, ' ');
}

test.each([
  ['spans', SPAN_STRUCTURE],
  ['payloads', PAYLOAD_STRUCTURE],
  ['logs', LOG_STRUCTURE],
  ['score_starts', SCORE_START_STRUCTURE],
  ['scores', SCORE_STRUCTURE],
  ['metrics', METRIC_STRUCTURE],
])('the rows of %s have exactly the columns of the schema, in the same order', (table, structure) => {
  expect(structure).toBe(structureInSql(table));
});
