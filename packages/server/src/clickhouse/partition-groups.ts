import { type Engine, MAX_PARTITIONS, type PartitionGroup, type RowFile } from './engine.ts';
import { partitionKeyOf } from './expand-statement.ts';

const MAX_SECONDS = 60;

/**
 * Splits the rows of a file into groups that can be loaded one after the other, newest partitions first. The result
 * depends only on the file and the table, so a load that is repeated after a crash has the same groups.
 */
export async function partitionGroups(
  engine: Pick<Engine, 'query' | 'queryFile'>,
  table: string,
  file: RowFile,
): Promise<PartitionGroup[]> {
  const key = await partitionKeyOf(engine, table);
  const found = await engine.queryFile<{ partition: string; rows: string }>(
    file,
    `SELECT toString(${key}) AS partition, count() AS rows FROM segment GROUP BY partition ORDER BY partition DESC`,
    {},
    { maxSeconds: MAX_SECONDS },
  );
  const groups: PartitionGroup[] = [];
  for (let start = 0; start < found.length; start += MAX_PARTITIONS) {
    const some = found.slice(start, start + MAX_PARTITIONS);
    groups.push({
      key,
      partitions: some.map(({ partition }) => partition),
      rows: some.reduce((sum, { rows }) => sum + Number(rows), 0),
    });
  }
  return groups;
}
