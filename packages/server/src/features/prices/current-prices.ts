import type { ProjectPrices } from '@throughline/spans';
import { type PricesSnapshot, SnapshotReader, toSnapshot } from '../../ingest/prices/prices-snapshot.ts';
import type { RelationalStore } from '../../relational/relational-store.ts';
import type { PriceStore } from './price-store.ts';

/** The prices that are in force now, in memory. */
export interface CurrentPrices {
  /** Undefined if no project has prices. */
  readonly snapshot: PricesSnapshot | undefined;
  of(project: string): ProjectPrices | undefined;
  /** Reads the prices again if they have changed. Rejects if the relational store cannot be used. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface CurrentPricesParts {
  readonly store: Pick<PriceStore, 'readAll'>;
  readonly relational: Pick<RelationalStore, 'exists'>;
  /** Whether other servers can change the prices. */
  readonly isShared: boolean;
  /** Default: 2 seconds. */
  readonly everyMs?: number;
}

/** How long a change on one server can take until another one uses it. */
const EVERY_MS = 2_000;
/** The server starts without prices if the database does not respond in this time, and reads them when it does. */
const START_MS = 5_000;

/** Keeps prices in memory, and reads them again if another server changed them or if they could not be read. */
export async function watchPrices(parts: CurrentPricesParts): Promise<CurrentPrices> {
  const { store, relational, isShared, everyMs = EVERY_MS } = parts;
  const reader = new SnapshotReader();
  let snapshot: PricesSnapshot | undefined;
  let revision: number | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<void> => {
    const all = relational.exists() ? await store.readAll(revision) : undefined;
    if (all === undefined) return;
    snapshot = toSnapshot(all.revision, all.byProject);
    revision = all.revision;
  };
  /** One after the other, so that an older state cannot replace a newer one. */
  const refresh = (): Promise<void> => {
    const mine = last.then(read);
    last = mine.catch(() => {});
    return mine;
  };

  let isReading = false;
  let hasFailed = false;
  const poll = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    await refresh().then(
      () => {
        hasFailed = false;
      },
      () => {
        // The relational store has logged the reason.
        hasFailed = true;
      },
    );
    isReading = false;
  };
  const timer = setInterval(() => {
    if (isShared || hasFailed) void poll();
  }, everyMs);
  timer.unref();

  const late = Promise.withResolvers<void>();
  const limit = setTimeout(late.resolve, START_MS);
  await Promise.race([poll(), late.promise]);
  clearTimeout(limit);

  return {
    get snapshot() {
      return snapshot;
    },
    of: (project) => reader.of(snapshot, project),
    refresh,
    stop: () => clearInterval(timer),
  };
}
