import { type LoadFile, MAX_PARTITIONS } from './engine.ts';
import { quoteString } from './parameters.ts';

/** The names in a list such as `name Type, name Type(a, b)`. */
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

/** Names of the indexes that only merges build. */
export const INDEXES_OF_MERGES = 'search_text_index,attribute_values,duration_range,cost_range';

/**
 * Columns are matched by name and read with the types with which they were written, so a segment can be loaded even after
 * columns were added or changed. Every replay cuts the same blocks, because RowBinary is read serially and the block sizes
 * are fixed here. The deduplication of interrupted loads depends on that, and on `async_insert = 0`.
 *
 * Some indexes are left to the merges. Building the text index for the small parts of loads takes a third of their processor
 * time, and each of the others would be two more files per part. Queries scan the values of parts without them.
 *
 * Several versions of a row in one load are not merged on insert, because reads merge them anyway (`FINAL`). Merging on
 * insert took a quarter of the processor time of a load.
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
  exclude_materialize_skip_indexes_on_insert = ${quoteString(INDEXES_OF_MERGES)},
  max_execution_time = 0,
  max_memory_usage = 0
SELECT ${columns} FROM ${from}${restriction(file)}`;
}

function restriction({ only }: LoadFile): string {
  if (!only) return '';
  return ` WHERE toString(${only.key}) IN (${only.partitions.map(quoteString).join(', ')})`;
}

/** The statement for a ClickHouse that reads the file from the same disk. */
export function loadStatement(file: LoadFile): string {
  return insertStatement(file, fileTable(file.path, file.structure));
}

/** The statement for a ClickHouse that receives the content of the file with the request. */
export function loadSentStatement(file: LoadFile): string {
  return `${insertStatement(file, `input(${quoteString(plainTypes(file.structure))})`)} FORMAT RowBinary`;
}

/** A table expression that reads the rows of a file. */
export function fileTable(path: string, structure: string): string {
  return `file(${quoteString(path)}, 'RowBinary', ${quoteString(plainTypes(structure))})`;
}

/**
 * RowBinary encodes both types in the same way, but reading values directly into dictionaries costs more than reading
 * strings and building the dictionaries per block: 15.4 instead of 9.7 µs of processor time for a row of `spans`.
 */
export function plainTypes(structure: string): string {
  return structure.replace(/LowCardinality\((Nullable\(String\)|String)\)/g, '$1');
}
