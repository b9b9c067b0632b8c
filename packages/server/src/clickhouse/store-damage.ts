import { type DamagedPart, detachedParts, unreadablePart } from './damaged-part.ts';
import type { Engine } from './engine.ts';

const SCAN_EVERY_MS = 5 * 60_000;

export interface StoreDamageParts {
  readonly engine: Pick<Engine, 'query'>;
  /** Called once for each damaged part. */
  readonly onDamaged: (part: DamagedPart) => void;
}

/**
 * Keeps the list of damaged parts of the store. ClickHouse sets broken parts aside at its start without an error, and their
 * rows are then missing; parts that break later make reads fail.
 */
export class StoreDamage {
  readonly #engine: Pick<Engine, 'query'>;
  readonly #onDamaged: (part: DamagedPart) => void;
  readonly #unreadable = new Map<string, DamagedPart>();
  readonly #reported = new Set<string>();
  #detached: readonly DamagedPart[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ engine, onDamaged }: StoreDamageParts) {
    this.#engine = engine;
    this.#onDamaged = onDamaged;
  }

  get parts(): readonly DamagedPart[] {
    return [...this.#detached, ...this.#unreadable.values()];
  }

  /** Rows that are missing or cannot be read, as far as that is known. */
  get rows(): number {
    return this.parts.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  }

  /** Looks for parts that were set aside, now and every few minutes. If the store cannot be reached, it tries again later. */
  async watch(): Promise<void> {
    this.#timer ??= setInterval(() => void this.scan(), SCAN_EVERY_MS).unref();
    await this.scan();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async scan(): Promise<void> {
    const found = await detachedParts(this.#engine).catch(() => undefined);
    if (!found) return;
    this.#detached = found;
    for (const part of found) this.#report(part);
  }

  /** Checks whether an error of a read was caused by damaged files. */
  async examine(error: unknown): Promise<void> {
    const part = await unreadablePart(this.#engine, error).catch(() => undefined);
    if (!part) return;
    this.#unreadable.set(keyOf(part), part);
    this.#report(part);
  }

  #report(part: DamagedPart): void {
    const key = keyOf(part);
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#onDamaged(part);
  }
}

const keyOf = ({ table, part }: DamagedPart): string => `${table}/${part}`;

/** Wraps an engine so that every failure is passed to `onError`. */
export function observeErrors(engine: Engine, onError: (error: unknown) => void): Engine {
  const observed = async <Value>(running: Promise<Value>): Promise<Value> => {
    try {
      return await running;
    } catch (error) {
      onError(error);
      throw error;
    }
  };
  return {
    parallelLoads: engine.parallelLoads,
    parallelReads: engine.parallelReads,
    query: (...query) => observed(engine.query(...query)),
    queryJson: (...query) => observed(engine.queryJson(...query)),
    queryIsolated: (...query) => observed(engine.queryIsolated(...query)),
    writeParquet: (...query) => observed(engine.writeParquet(...query)),
    queryFile: (...query) => observed(engine.queryFile(...query)),
    command: (sql) => observed(engine.command(sql)),
    write: (...write) => observed(engine.write(...write)),
    load: (...load) => observed(engine.load(...load)),
    close: () => engine.close(),
  };
}
