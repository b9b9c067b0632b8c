import { setTimeout } from 'node:timers/promises';
import type { Engine, LoadFile } from './engine.ts';
import { QueryError } from './query-error.ts';

export interface OpenWhenReadyParts {
  readonly engine: Engine;
  /** Creates and upgrades the tables. Safe to repeat. */
  readonly prepare: () => Promise<void>;
  /** Called once for each new reason for which the store cannot be used. */
  readonly onUnavailable: (error: QueryError) => void;
  readonly onReady: () => void;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/** ClickHouse `ErrorCodes.cpp`: UNKNOWN_TABLE, UNKNOWN_DATABASE. */
const NOTHING_THERE: ReadonlySet<number | undefined> = new Set([60, 81]);

/**
 * Returns the engine after preparing the store. If the store cannot be reached, preparing is repeated until it
 * succeeds; until then every statement is rejected with `unavailable` and the reason. A ClickHouse server that comes
 * back without its tables is prepared again.
 *
 * @throws any error of the first `prepare` that is not a QueryError, because repeating would not help
 */
export async function openWhenReady(parts: OpenWhenReadyParts): Promise<Engine> {
  const { engine, prepare, onUnavailable, onReady } = parts;
  const closing = new AbortController();
  let refusal: QueryError | undefined;
  let preparing: Promise<void> | undefined;

  const refuse = (cause: unknown) => {
    const before = refusal?.message;
    refusal = unavailable(cause);
    if (refusal.message !== before) onUnavailable(refusal);
  };
  const prepareAgain = async () => {
    for (let waitMs = FIRST_RETRY_MS; !closing.signal.aborted; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      await setTimeout(waitMs, undefined, { signal: closing.signal }).catch(() => {});
      try {
        await prepare();
        refusal = undefined;
        onReady();
        return;
      } catch (error) {
        if (!closing.signal.aborted) refuse(error);
      }
    }
  };
  const begin = (cause: unknown) => {
    refuse(cause);
    preparing ??= prepareAgain().finally(() => {
      preparing = undefined;
    });
  };

  try {
    await prepare();
  } catch (error) {
    if (!(error instanceof QueryError)) {
      await engine.close();
      throw error;
    }
    begin(error);
  }

  const ready = (): Engine => {
    if (closing.signal.aborted) throw new QueryError('closed');
    if (refusal) throw refusal;
    return engine;
  };
  return {
    query: async (...query) => ready().query(...query),
    queryJson: async (...query) => ready().queryJson(...query),
    queryIsolated: async (...query) => ready().queryIsolated(...query),
    writeParquet: async (...query) => ready().writeParquet(...query),
    queryFile: async (...query) => ready().queryFile(...query),
    command: async (sql) => ready().command(sql),
    write: async (...write) => ready().write(...write),
    parallelReads: engine.parallelReads,
    parallelLoads: engine.parallelLoads,
    async load(file: LoadFile, signal?: AbortSignal) {
      try {
        await ready().load(file, signal);
      } catch (error) {
        if (error instanceof QueryError && NOTHING_THERE.has(error.clickhouseCode)) begin(error);
        throw error;
      }
    },
    async close() {
      closing.abort();
      await engine.close();
      await preparing;
    },
  };
}

function unavailable(cause: unknown): QueryError {
  if (cause instanceof QueryError && cause.reason === 'unavailable') return cause;
  const message = cause instanceof Error && !(cause instanceof QueryError) ? cause.message : undefined;
  return new QueryError('unavailable', {
    cause,
    message: message ?? 'The tables of the store could not be prepared.',
  });
}
