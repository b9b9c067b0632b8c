import type { Engine, PartitionGroup } from '../clickhouse/engine.ts';
import { partitionGroups } from '../clickhouse/partition-groups.ts';
import { QueryError } from '../clickhouse/query-error.ts';
import { type SealedSegment, type SealedTable, trimSegment } from '../journal/segment-files.ts';

/** A load of one table of a segment, or of a part of it, that has succeeded or failed. */
export interface TableLoad {
  readonly table: string;
  readonly rows: number;
  readonly durationMs: number;
  /** If true, the load is retried. */
  readonly failed: boolean;
}

export interface SegmentLoadParts {
  readonly engine: Pick<Engine, 'load' | 'query' | 'queryFile'>;
  readonly onLoad?: ((load: TableLoad) => void) | undefined;
}

interface SpreadTable {
  readonly table: SealedTable;
  readonly groups: readonly PartitionGroup[];
}

/**
 * Loads one segment, usually in one step. If the rows of a table belong to more partitions than one load may have, each
 * step loads one group of partitions, newest first, so that other segments do not wait for hundreds of parts.
 *
 * Every step can be repeated: a second load with the same token inserts nothing.
 */
export class SegmentLoad {
  readonly segment: SealedSegment;
  readonly #parts: SegmentLoadParts;
  /** Undefined before the first step. */
  #spread: readonly SpreadTable[] | undefined;
  #steps = 0;

  constructor(segment: SealedSegment, parts: SegmentLoadParts) {
    this.segment = segment;
    this.#parts = parts;
  }

  /** True once the newest rows of every table are readable. */
  get hasBegun(): boolean {
    return this.#spread !== undefined;
  }

  /**
   * Runs the next step. Returns true if the whole segment is loaded.
   *
   * @throws SegmentTakenError, QueryError
   */
  async step(signal: AbortSignal): Promise<boolean> {
    await trimSegment(this.segment);
    if (this.#spread) await this.#loadNextGroups(this.#spread, signal);
    else this.#spread = await this.#begin(signal);
    this.#steps++;
    return this.#spread.every(({ groups }) => groups.length <= this.#steps);
  }

  async #begin(signal: AbortSignal): Promise<readonly SpreadTable[]> {
    const spread: SpreadTable[] = [];
    for (const table of this.segment.tables) {
      if (table.rows === 0 || (await this.#fits(table, signal))) continue;
      const groups = await partitionGroups(this.#parts.engine, table.name, table);
      spread.push({ table, groups });
      if (groups[0]) await this.#load(table, groups[0], signal);
    }
    return spread;
  }

  async #loadNextGroups(spread: readonly SpreadTable[], signal: AbortSignal): Promise<void> {
    for (const { table, groups } of spread) {
      const group = groups[this.#steps];
      if (group) await this.#load(table, group, signal);
    }
  }

  /** Loads all rows of the table. Returns false if they belong to too many partitions. */
  async #fits(table: SealedTable, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#load(table, undefined, signal);
      return true;
    } catch (error) {
      if (error instanceof QueryError && error.reason === 'too-many-partitions') return false;
      throw error;
    }
  }

  async #load(table: SealedTable, only: PartitionGroup | undefined, signal: AbortSignal): Promise<void> {
    const { engine, onLoad } = this.#parts;
    const { name, path, bytes, rows, structure } = table;
    const token = [this.segment.name, name, ...(only ? [only.partitions[0]] : [])].join('.');
    const began = performance.now();
    const report = (failed: boolean) => {
      onLoad?.({ table: name, rows: only?.rows ?? rows, durationMs: performance.now() - began, failed });
    };
    try {
      await engine.load({ table: name, path, bytes, rows, structure, token, ...(only && { only }) }, signal);
    } catch (error) {
      const isExpected =
        error instanceof QueryError && (error.reason === 'too-many-partitions' || error.reason === 'aborted');
      if (!isExpected) report(true);
      throw error;
    }
    report(false);
  }
}
