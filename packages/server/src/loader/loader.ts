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
   * Settles the traces that got spans. It is called when the rows of a segment are in the store. Segments that fail are
   * loaded and settled again. Meanwhile loading continues.
   */
  readonly settler: Settler;
  /**
   * Called when the rows of a segment are readable and its files still exist. The files are kept until the promise
   * settles. Undefined if nobody listens.
   */
  readonly onLoaded?: (segment: SealedSegment) => Promise<void> | undefined;
  readonly onWarning: (message: string, error: unknown) => void;
  readonly onLoad?: (load: TableLoad) => void;
}

/** The step after a load. */
export interface Settler {
  settle(segment: SealedSegment): Promise<void>;
  /** From now on, settles without delay. */
  hurry(): void;
}

export interface Loader {
  /**
   * Loads the remaining rows once, and ends after at most ten seconds. Rows that fail or take longer stay in the journal for
   * the next start.
   */
  stop(): Promise<void>;
}

/**
 * Rows are collected for this long before they are loaded. A load has a fixed cost (a part on disk in each table, which is
 * merged later), and a delay of a tenth of a second is not noticeable.
 */
const GATHER_MS = 100;
/**
 * After a load, rows are collected for this share of its duration, so that a busy machine writes fewer and larger parts:
 * with the merges that follow, twenty loads of 4,000 spans need twice the processor time of five loads of 16,000.
 */
const GATHER_SHARE = 1 / 5;
/** The size that the store loads as one block. */
const FULL_BYTES = 64 << 20;
/** Load in parallel only if this many segments are waiting. Until then the processors are left to incoming requests. */
const SEGMENTS_BEHIND = 3;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;
/** After this time `stop` aborts the running load. */
const STOP_MS = 10_000;

/**
 * Moves segments from the journal into the store, oldest first, while it runs.
 *
 *     journal ─▶ new segments ─▶ loaded ─▶ settled ─▶ removed
 *                     │ failed: wait, longer with every further failure of new segments
 *                     ▼
 *                 retry queue ─▶ retried alone, less and less often ─▶ loaded ─▶ …
 *
 * A segment with rows of many partitions is loaded in steps, which take turns with new segments.
 *
 * A segment that the store rejects repeatedly (such as a text that needs more memory than it has) does not delay later
 * segments, and while the store cannot be reached, not every segment is tried.
 */
export function startLoader(parts: LoaderParts): Loader {
  const { journal, engine, settler, onLoaded, onWarning } = parts;
  const finishing = new Set<Promise<void>>();
  const stopping = new AbortController();
  /** Aborts the running load. */
  const leaving = new AbortController();
  const retryQueue = new RetryQueue<SealedSegment>();
  /** Partly loaded segments, which continue when it is their turn. */
  const unfinished: SealedSegment[] = [];
  const loads = new Map<SealedSegment, SegmentLoad>();
  let wake: () => void = () => {};
  let rows = false;
  journal.onRows(() => {
    rows = true;
    wake();
  });
  /** Resolves when there are rows, or after `ms` if it is defined. */
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
    /** Whether the last new segment was loaded. If not, the store may be unreachable for all segments. */
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
        // After a failure, segments are loaded one by one, because parallel loads fail together.
        const fresh = again ? [] : await takeNew(isWell ? engine.parallelLoads : 1);
        const last = again ?? (fresh.length === 0 ? (retryQueue.takeDue() ?? unfinished.shift()) : undefined);
        const segments = last ? [last] : fresh;
        if (segments.length === 0) break;
        const began = performance.now();
        const failed = await loadSegments(segments);
        if (failed.length === 0) {
          // The cause of the failure is over.
          if (!isWell) retryQueue.makeDue();
          isWell = true;
          retryMs = FIRST_RETRY_MS;
          const tookMs = performance.now() - began;
          if (journal.sizeBytes < FULL_BYTES) await pause(Math.max(GATHER_MS, tookMs * GATHER_SHARE));
          continue;
        }
        // A segment that failed before does not tell whether others would fail.
        if (last && isWell) continue;
        isWell = false;
        await (last ? rowsWithin(retryMs) : pause(retryMs));
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** Takes the oldest segment, or several if many are waiting. */
  async function takeNew(most: number): Promise<SealedSegment[]> {
    const segments: SealedSegment[] = [];
    do {
      const segment = await journal.takeSegment();
      if (!segment) break;
      segments.push(segment);
    } while (segments.length < most && journal.sealedCount >= SEGMENTS_BEHIND);
    return segments;
  }

  /** Loads the segments and returns those that failed and have to be retried. */
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
        onWarning(`The journal segment ${segment.name} could not be loaded and will be retried.`, error);
      return 'failed';
    }
  }

  /** Settles the newest rows of an unfinished segment, so that they are listed. All are settled when it is loaded. */
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
 * `failed` segments are retried, and `unfinished` ones have more steps. `taken` segments now belong to another process,
 * which loads them.
 */
type LoadOutcome = 'loaded' | 'unfinished' | 'failed' | 'taken';

type FinishParts = Pick<LoaderParts, 'journal' | 'settler' | 'onWarning'> & {
  readonly onLoaded: LoaderParts['onLoaded'] | undefined;
};

/** Returns false if the segment has to be loaded and settled again, which does not change completed steps. */
async function finishSegment(
  { journal, settler, onLoaded, onWarning }: FinishParts,
  segment: SealedSegment,
): Promise<boolean> {
  try {
    await settler.settle(segment);
  } catch (error) {
    onWarning(
      `The traces of the journal segment ${segment.name} could not be settled and will be retried.`,
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
