import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../clickhouse/engine.ts';
import { arrivedTraces, type SpansFile } from './arrived-traces.ts';
import type { Finisher } from './finisher.ts';
import { settleTraces } from './settle-traces.ts';

/** Rows that have just been loaded and are still in their file. */
export interface LoadedTable extends SpansFile {
  readonly name: string;
}

export interface SettlerParts {
  readonly engine: Pick<Engine, 'query' | 'write'>;
  /** Reports the traces when they are finished. */
  readonly finisher?: Pick<Finisher, 'settled'>;
  readonly onSettled?: (settled: { readonly traces: number; readonly durationMs: number }) => void;
}

export interface Settler {
  /**
   * Resolves when the rows of all traces in the segment are up to date. The files have to exist until then. Rejects if the
   * store fails; the segment can then be settled again.
   */
  settle(segment: { readonly tables: readonly LoadedTable[] }): Promise<void>;
  /** Runs a change of spans or tags while no rows of traces are computed, so that no row is based on what was before it. */
  alone<Value>(change: () => Promise<Value>): Promise<Value>;
  /** From now on, segments are settled without waiting for more. */
  hurry(): void;
}

/** Segments are collected for this long, because a pass has a fixed cost and traces often arrive in several segments. */
const GATHER_MS = 200;
/** In addition, they are collected for this multiple of the last pass, so that settling uses a small part of the machine. */
const GATHER_SHARE = 3;

interface Waiting {
  readonly table: LoadedTable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps `traces` up to date: after each load, computes the rows of the traces with new spans again. */
export function createSettler({ engine, finisher, onSettled }: SettlerParts): Settler {
  let waiting: Waiting[] = [];
  let isRunning = false;
  let lastMs = 0;
  const hurrying = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();

  /** Runs passes and changes one after the other. */
  function alone<Value>(change: () => Promise<Value>): Promise<Value> {
    const result = turn.then(change);
    turn = result.catch(() => {});
    return result;
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      await setTimeout(Math.max(GATHER_MS, lastMs * GATHER_SHARE), undefined, {
        signal: hurrying.signal,
      }).catch(() => {});
      const taken = waiting;
      waiting = [];
      // Without the time that the pass waits for other changes, or new traces would be late while those work.
      await alone(async () => {
        const began = performance.now();
        await pass(taken);
        lastMs = performance.now() - began;
      });
    }
    isRunning = false;
  }

  /** Settles several segments at once. If that fails, settles each alone, so that one cannot delay the others. */
  async function pass(taken: readonly Waiting[]): Promise<void> {
    try {
      const began = performance.now();
      const traces = await arrivedTraces(taken.map(({ table }) => table));
      const settled = await settleTraces(engine, traces);
      await finisher?.settled(
        settled.map(({ firstNs, lastNs, ...trace }) => ({ ...trace, fromNs: firstNs, toNs: lastNs })),
      );
      onSettled?.({ traces: traces.length, durationMs: performance.now() - began });
      for (const { resolve } of taken) resolve();
    } catch (error) {
      if (taken.length > 1) for (const each of taken) await pass([each]);
      else for (const { reject } of taken) reject(error);
    }
  }

  return {
    settle({ tables }) {
      const table = tables.find(({ name, rows }) => name === 'spans' && rows > 0);
      if (!table) return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        waiting.push({ table, resolve, reject });
        if (!isRunning) void run();
      });
    },
    alone,
    hurry: () => hurrying.abort(),
  };
}
