import { type LoadFile, MAX_PARTITIONS } from './engine.ts';
import { quoteString } from './parameters.ts';

/** The names of a `name Type, name Type(a, b)` list. */
export function columnNames(structure: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let start = 0;
  const take = (end: number) => {
    const [name] = structure.slice(start, end).trim().split(/\s/, 1);
    if (name) names.push(name);
    start = end + 1;
  };
  for (let index = 0; index < structure.length; index += 1) {
    const character = structure[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) take(index);
  }
  take(structure.length);
  return names;
}

/**
 * Columns go by name and types as they were written, so a segment written before a column was added or changed still
 * loads. A block is cut at the same rows on every replay, because reading RowBinary is serial and the sizes are fixed
 * here: the deduplication of a load that was cut short depends on it. Nor may a server gather inserts before it answers.
 *
 * Several versions of a row in one load stay in its part, as those of several loads stay in several parts: reading
 * merges them (`FINAL`). Merging them on insert as well took a quarter of a load's processor time.
 */
function insertStatement(file: LoadFile, from: string): string {
  const columns = columnNames(file.structure).join(', ');
  return `INSERT INTO ${file.table} (${columns})
SETTINGS insert_deduplication_token = ${quoteString(file.token)},
  async_insert = 0,
  max_partitions_per_insert_block = ${MAX_PARTITIONS},
  min_insert_block_size_rows = 1048576,
  min_insert_block_size_bytes = 134217728,
  max_insert_threads = 1,
  optimize_on_insert = 0,
  max_execution_time = 0,
  max_memory_usage = 0
SELECT ${columns} FROM ${from}${restriction(file)}`;
}

function restriction({ only }: LoadFile): string {
  if (!only) return '';
  return ` WHERE toString(${only.key}) IN (${only.partitions.map(quoteString).join(', ')})`;
}

/** Where ClickHouse reads the same disk. */
export function loadStatement(file: LoadFile): string {
  return insertStatement(file, fileTable(file.path, plainTypes(file.structure)));
}

/** Where the bytes of the file are sent along. */
export function loadSentStatement(file: LoadFile): string {
  return `${insertStatement(file, `input(${quoteString(plainTypes(file.structure))})`)} FORMAT RowBinary`;
}

/** The rows of a file as a table. */
export function fileTable(path: string, structure: string): string {
  return `file(${quoteString(path)}, 'RowBinary', ${quoteString(structure)})`;
}

/**
 * RowBinary writes both alike, but reading straight into dictionaries, value by value, costs more than reading texts
 * and making the dictionaries of a whole block: 15.4 against 9.7 µs of processor time for a row of `spans`.
 */
function plainTypes(structure: string): string {
  return structure.replaceAll('LowCardinality(String)', 'String');
}
