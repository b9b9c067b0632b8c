import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../clickhouse/engine.ts';
import type { Journal } from '../journal/journal.ts';
import { type SealedSegment, SegmentTakenError } from '../journal/segment-files.ts';
import { RetryQueue } from './retry-queue.ts';
import { SegmentLoad, type TableLoad } from './segment-load.ts';

export interface LoaderParts {
  readonly journal: Pick<
    Journal,
    'onRows' | 'takeSegment' | 'putBack' | 'remove' | 'disown' | 'sizeBytes' | 'sealedCount'
  >;
  readonly engine: Pick<Engine, 'load' | 'query' | 'queryFile' | 'parallelLoads'>;
  /**
   * Called when the rows of a segment are in the store: settles the traces that got spans. Segments that fail are
   * loaded and settled again. Loading goes on meanwhile.
   */
  readonly settler: Settler;
  /**
   * Called when the rows of a segment are readable and its files still exist. The files stay until the promise is
   * settled; undefined if nobody listens.
   */
  readonly onLoaded?: (segment: SealedSegment) => Promise<void> | undefined;
  readonly onWarning: (message: string, error: unknown) => void;
  readonly onLoad?: (load: TableLoad) => void;
}

/** What follows a load. */
export interface Settler {
  settle(segment: SealedSegment): Promise<void>;
  /** Settles at once from now on. */
  hurry(): void;
}

export interface Loader {
  /**
   * Loads what there is, once, and ends after ten seconds in any case. What fails or takes longer stays in the journal
   * for the next start.
   */
  stop(): Promise<void>;
}

/**
 * Rows gather for this long before they are loaded. A load has a fixed cost (a part on disk in each table, later
 * merged), and nobody sees the difference of a tenth of a second.
 */
const GATHER_MS = 100;
/**
 * After a load rows gather for a fifth of the time it took, so that the busier the machine is, the fewer and larger the
 * parts are: twenty loads of 4,000 spans with the merges that follow cost twice the processor time of five of 16,000.
 */
const GATHER_SHARE = 1 / 5;
/** As much as the store takes as one block. */
const FULL_BYTES = 64 << 20;
/** With so many segments waiting several are loaded at once: until then the processors belong to those who send. */
const SEGMENTS_BEHIND = 3;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;
/** After this time `stop` aborts the load that runs. */
const STOP_MS = 10_000;

/**
 * Moves segments from the journal into the store, oldest first, for as long as it runs.
 *
 *     journal ─▶ new segments ─▶ loaded ─▶ settled ─▶ removed
 *                     │ failed: pause, the longer the more new ones fail
 *                     ▼
 *                 set aside ─▶ tried again alone, each ever less often ─▶ loaded ─▶ …
 *
 * A segment with rows of many partitions is loaded in steps, which take turns with new segments.
 *
 * What the store refuses again and again (a text that needs more memory than it has) costs those that come later no
 * time, and a store that is away is not asked for each of them.
 */
export function startLoader(parts: LoaderParts): Loader {
  const { journal, engine, settler, onLoaded, onWarning } = parts;
  const finishing = new Set<Promise<void>>();
  const stopping = new AbortController();
  /** Ends the load that runs. */
  const leaving = new AbortController();
  const retryQueue = new RetryQueue<SealedSegment>();
  /** Segments that are partly loaded and continue when it is their turn. */
  const unfinished: SealedSegment[] = [];
  const loads = new Map<SealedSegment, SegmentLoad>();
  let wake: () => void = () => {};
  let rows = false;
  journal.onRows(() => {
    rows = true;
    wake();
  });
  /** `ms` undefined: for as long as it takes. */
  const rowsWithin = (ms: number | undefined) =>
    new Promise<void>((resolve) => {
      if (rows || stopping.signal.aborted) return resolve();
      const timer = ms === undefined ? undefined : globalThis.setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const pause = (ms: number) => setTimeout(ms, undefined, { signal: stopping.signal }).catch(() => {});

  async function run(): Promise<void> {
    /** Whether the last new segment was loaded: else the store may be away, for all. */
    let isWell = true;
    let retryMs = FIRST_RETRY_MS;
    let isTurnOfUnfinished = false;
    while (!stopping.signal.aborted) {
      await rowsWithin(retryQueue.waitMs);
      await pause(GATHER_MS);
      rows = false;
      while (!stopping.signal.aborted) {
        isTurnOfUnfinished = !isTurnOfUnfinished;
        const again = isWell
          ? (retryQueue.takeDue() ?? (isTurnOfUnfinished ? unfinished.shift() : undefined))
          : undefined;
        // After a failure one by one: loads at the same time fail together.
        const fresh = again ? [] : await takeNew(isWell ? engine.parallelLoads : 1);
        const last = again ?? (fresh.length === 0 ? (retryQueue.takeDue() ?? unfinished.shift()) : undefined);
        const segments = last ? [last] : fresh;
        if (segments.length === 0) break;
        const began = performance.now();
        const failed = await loadSegments(segments);
        if (failed.length === 0) {
          // Whatever it was is over.
          if (!isWell) retryQueue.makeDue();
          isWell = true;
          retryMs = FIRST_RETRY_MS;
          const tookMs = performance.now() - began;
          if (journal.sizeBytes < FULL_BYTES) await pause(Math.max(GATHER_MS, tookMs * GATHER_SHARE));
          continue;
        }
        // One that failed before says nothing about the others.
        if (last && isWell) continue;
        isWell = false;
        await (last ? rowsWithin(retryMs) : pause(retryMs));
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** The oldest, and where many wait more of them. */
  async function takeNew(most: number): Promise<SealedSegment[]> {
    const segments: SealedSegment[] = [];
    do {
      const segment = await journal.takeSegment();
      if (!segment) break;
      segments.push(segment);
    } while (segments.length < most && journal.sealedCount >= SEGMENTS_BEHIND);
    return segments;
  }

  /** Returns those that failed and have to be tried again. */
  async function loadSegments(segments: readonly SealedSegment[]): Promise<SealedSegment[]> {
    const outcomes = await Promise.all(segments.map(loadSegment));
    for (const [index, segment] of segments.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'failed') retryQueue.add(segment);
      else retryQueue.forget(segment);
      if (outcome === 'unfinished') unfinished.push(segment);
      if (outcome === 'loaded') finish(segment);
    }
    return segments.filter((_segment, index) => outcomes[index] === 'failed');
  }

  async function loadSegment(segment: SealedSegment): Promise<LoadOutcome> {
    const load = loads.get(segment) ?? new SegmentLoad(segment, parts);
    loads.set(segment, load);
    try {
      const isFirst = !load.hasBegun;
      if (await load.step(leaving.signal)) return 'loaded';
      if (isFirst) settleFirst(segment);
      return 'unfinished';
    } catch (error) {
      if (error instanceof SegmentTakenError) {
        loads.delete(segment);
        journal.disown(segment, error);
        return 'taken';
      }
      if (!leaving.signal.aborted)
        onWarning(`The journal segment ${segment.name} could not be loaded and will be tried again.`, error);
      return 'failed';
    }
  }

  /** The newest rows of an unfinished segment are listed now; all are settled when it is loaded. */
  function settleFirst(segment: SealedSegment): void {
    const settled = settler
      .settle(segment)
      .catch(() => {})
      .then(() => void finishing.delete(settled));
    finishing.add(settled);
  }

  /** Settles the traces of a loaded segment and removes it. */
  function finish(segment: SealedSegment): void {
    const finished = finishSegment({ journal, settler, onLoaded, onWarning }, segment).then((isFinished) => {
      finishing.delete(finished);
      if (isFinished) return void loads.delete(segment);
      if (stopping.signal.aborted) return journal.putBack(segment);
      retryQueue.add(segment);
      rows = true;
      wake();
    });
    finishing.add(finished);
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      wake();
      const timer = globalThis.setTimeout(() => leaving.abort(), STOP_MS);
      await running;
      for (const segment of [...retryQueue.takeAll(), ...unfinished.splice(0)]) journal.putBack(segment);
      settler.hurry();
      const left: SealedSegment[] = [];
      while (!leaving.signal.aborted) {
        const segment = await journal.takeSegment();
        if (!segment) break;
        await loadSegments([segment]);
        left.push(...retryQueue.takeAll(), ...unfinished.splice(0));
      }
      clearTimeout(timer);
      await Promise.all(finishing);
      for (const segment of left) journal.putBack(segment);
    },
  };
}

/**
 * `failed` segments are tried again, `unfinished` ones have more steps. `taken` ones belong to another process by now,
 * which loads them.
 */
type LoadOutcome = 'loaded' | 'unfinished' | 'failed' | 'taken';

type FinishParts = Pick<LoaderParts, 'journal' | 'settler' | 'onWarning'> & {
  readonly onLoaded: LoaderParts['onLoaded'] | undefined;
};

/** False if the segment has to be loaded and settled again, which changes nothing that is done already. */
async function finishSegment(
  { journal, settler, onLoaded, onWarning }: FinishParts,
  segment: SealedSegment,
): Promise<boolean> {
  try {
    await settler.settle(segment);
  } catch (error) {
    onWarning(
      `The traces of the journal segment ${segment.name} could not be settled and will be tried again.`,
      error,
    );
    return false;
  }
  try {
    await onLoaded?.(segment);
  } catch (error) {
    onWarning('The live tail failed; its clients missed the rows of a segment.', error);
  }
  try {
    await journal.remove(segment);
  } catch (error) {
    if (error instanceof SegmentTakenError) {
      journal.disown(segment, error);
      return true;
    }
    onWarning(`The loaded journal segment ${segment.name} could not be removed.`, error);
    return false;
  }
  return true;
}
