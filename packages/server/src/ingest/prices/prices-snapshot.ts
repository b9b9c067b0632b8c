import { BoundedCache, createProjectPrices, type ProjectPrice, type ProjectPrices } from '@throughline/spans';

/**
 * The prices that projects have set, at one moment. The memory is shared, so a snapshot is sent to a worker with each task at
 * no cost, and a request is priced with the prices of the moment in which it was accepted.
 */
export interface PricesSnapshot {
  /** Grows with every change. */
  readonly revision: number;
  /** JSON: prices by project. */
  readonly json: SharedArrayBuffer;
}

export type PricesByProject = Readonly<Record<string, readonly ProjectPrice[]>>;

/** Undefined if no project has prices. */
export function toSnapshot(revision: number, byProject: PricesByProject): PricesSnapshot | undefined {
  if (Object.keys(byProject).length === 0) return undefined;
  const text = Buffer.from(JSON.stringify(byProject));
  const json = new SharedArrayBuffer(text.length);
  new Uint8Array(json).set(text);
  return { revision, json };
}

/** Largest size of the prepared prices of a project, including the answers that they remember. */
const PREPARED_BYTES = 1 << 20;
const newCache = () => new BoundedCache<ProjectPrices>({ maxBytes: 64 * PREPARED_BYTES });

/** Reads snapshots. Each one is parsed once, and the prices of a project are prepared when it first needs them. */
export class SnapshotReader {
  #revision: number | undefined;
  #byProject: ReadonlyMap<string, readonly ProjectPrice[]> = new Map();
  #prepared = newCache();

  /** The prices of a project. Undefined if it has none. */
  of(snapshot: PricesSnapshot | undefined, project: string): ProjectPrices | undefined {
    if (snapshot === undefined) return undefined;
    if (snapshot.revision !== this.#revision) this.#read(snapshot);
    const prices = this.#byProject.get(project);
    if (prices === undefined) return undefined;
    const known = this.#prepared.get(project);
    if (known !== undefined) return known;
    const prepared = createProjectPrices(prices);
    this.#prepared.set(project, prepared, PREPARED_BYTES);
    return prepared;
  }

  #read({ revision, json }: PricesSnapshot): void {
    this.#byProject = new Map(Object.entries(JSON.parse(Buffer.from(json).toString()) as PricesByProject));
    this.#prepared = newCache();
    this.#revision = revision;
  }
}
