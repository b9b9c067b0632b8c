import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { splitStatements } from '../store/statements.ts';
import { PAYLOAD_STRUCTURE } from './payload-row.ts';
import { SPAN_STRUCTURE } from './span-row.ts';

const schema = readFileSync(new URL('../store/schema/001-spans-and-payloads.sql', import.meta.url), 'utf8');

/** `name Type, …` of a CREATE TABLE, without codecs, defaults and indexes. */
function structureInSql(table: string): string {
  const statement = splitStatements(schema).find((sql) => new RegExp(`\\b${table}\\s*\\(`).test(sql)) ?? '';
  const body = statement.slice(statement.indexOf('(') + 1, statement.lastIndexOf('ENGINE'));
  return body
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => /^[a-z]/.test(line))
    .map((line) => line.replace(/ CODEC\(.*$/, '').replace(/\s+/, ' '))
    .join(', ');
}

test.each([
  ['spans', SPAN_STRUCTURE],
  ['payloads', PAYLOAD_STRUCTURE],
])('the rows of %s have exactly the columns of the schema, in its order', (table, structure) => {
  expect(structure).toBe(structureInSql(table));
});
