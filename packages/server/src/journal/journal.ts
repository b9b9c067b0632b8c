import { ThroughlineError } from '../errors/errors.ts';
import type { JournalTable } from './commit-record.ts';
import { diskReasonOf } from './disk-reason.ts';
import { openJournalFolder } from './journal-folder.ts';
import type { Recovery } from './recover.ts';
import { type Batch, newSegmentName, OpenSegment } from './segment.ts';
import { removeSegment, type SealedSegment, SegmentTakenError, segmentTimeMs } from './segment-files.ts';

export interface JournalOptions {
  readonly folder: string;
  readonly tables: readonly JournalTable[];
  /** Disk budget of all segments together; past it `append` answers `journal-full`. */
  readonly maxBytes: number;
  /** A segment that reached this size is sealed. Default 64 MiB: what the store loads as one block. */
  readonly maxSegmentBytes?: number;
  readonly onWarning?: (message: string, error: unknown) => void;
  readonly onCommit?: (commit: GroupCommit) => void;
  /**
   * Called once, when another process has taken files of this journal. From then on nothing is acknowledged, and the
   * server has to end.
   */
  readonly onTaken?: (error: SegmentTakenError) => void;
  /** Asked before each new segment. Default: always. */
  readonly isOwner?: () => Promise<boolean>;
}

/** Requests that shared one fsync. */
export interface GroupCommit {
  readonly requests: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Nothing of it was acknowledged. */
  readonly failed: boolean;
}

/** What one `fsync` may wait for; a larger group only delays its first request. */
const MAX_GROUP_BYTES = 16 << 20;
const WARN_AGAIN_MS = 60_000;

interface Waiting {
  readonly batch: Batch;
  readonly sizeBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Rows on disk that the store does not have yet.
 *
 *     append ─▶ waiting ─▶ group ─▶ open segment (fsync) ─▶ acknowledged
 *                                       │ full, or taken
 *                                       ▼
 *                                 sealed segments ─▶ takeSegment ─▶ (loaded) ─▶ remove
 *
 * Requests that arrive during one fsync share the next.
 */
export class Journal {
  /** What was found at the start. */
  readonly recovery: Recovery;
  readonly #options: Required<JournalOptions>;
  readonly #sealed: SealedSegment[];
  readonly #taken = new Set<SealedSegment>();
  #open: OpenSegment | undefined;
  #waiting: Waiting[] = [];
  /** Of `#waiting` and of the group that is being written. */
  #waitingBytes = 0;
  #lastSegmentMs = 0;
  /** Since the last commit that did not fail. */
  #warnedMs: number | undefined;
  #pumping: Promise<void> | undefined;
  #sealRequests: (() => void)[] = [];
  #closed = false;
  /** Another process has taken files of this journal. */
  #takenBy: SegmentTakenError | undefined;
  #onRows: () => void = () => {};

  private constructor(options: Required<JournalOptions>, recovery: Recovery) {
    this.#options = options;
    this.recovery = recovery;
    this.#sealed = [...recovery.segments];
  }

  /** @throws JournalFolderError */
  static async open(options: JournalOptions): Promise<Journal> {
    const filled = {
      maxSegmentBytes: 64 << 20,
      onWarning: () => {},
      onCommit: () => {},
      onTaken: () => {},
      isOwner: async () => true,
      ...options,
    };
    const recovery = await openJournalFolder(options.folder, filled.onWarning);
    return new Journal(filled, recovery);
  }

  /** On disk, not counting what waits for its fsync. */
  get sizeBytes(): number {
    const size = (sum: number, segment: { readonly sizeBytes: number }) => sum + segment.sizeBytes;
    return [...this.#sealed, ...this.#taken].reduce(size, this.#open?.sizeBytes ?? 0);
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  /** About when the oldest row came, ms since 1970; undefined where there are none. */
  get oldestRowUnixMs(): number | undefined {
    const segments = [...this.#sealed, ...this.#taken];
    const open = this.#open && !this.#open.isEmpty ? [this.#open] : [];
    const times = [...segments, ...open].map(({ name }) => segmentTimeMs(name));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Segments that nothing is added to any more and nobody has taken. */
  get sealedCount(): number {
    return this.#sealed.length;
  }

  get isEmpty(): boolean {
    return this.#sealed.length === 0 && this.#taken.size === 0 && (this.#open?.isEmpty ?? true);
  }

  /** Called whenever there are rows to take. One listener: the loader. */
  onRows(listener: () => void): void {
    this.#onRows = listener;
    if (!this.isEmpty) listener();
  }

  /**
   * Resolves once the rows would survive a crash.
   *
   * @throws ThroughlineError journal-full, journal-unavailable, shutting-down
   */
  append(batch: Batch): Promise<void> {
    const { maxBytes } = this.#options;
    const sizeBytes = batch.reduce((sum, table) => sum + table.bytes.length, 0);
    if (this.#closed)
      return Promise.reject(new ThroughlineError('shutting-down', 'the server is shutting down'));
    if (this.#takenBy) return Promise.reject(this.#takenOver());
    if (this.sizeBytes + this.#waitingBytes + sizeBytes > maxBytes)
      return Promise.reject(
        new ThroughlineError(
          'journal-full',
          `the journal holds its limit of ${maxBytes} bytes not yet loaded`,
        ),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, sizeBytes, resolve, reject });
      this.#waitingBytes += sizeBytes;
      this.#pump();
    });
  }

  /** Takes the oldest segment that has rows, sealing the open one if need be; undefined if there are no rows. */
  async takeSegment(): Promise<SealedSegment | undefined> {
    if (this.#sealed.length === 0 && this.#open && !this.#open.isEmpty) await this.#requestSeal();
    const segment = this.#sealed.shift();
    if (segment) this.#taken.add(segment);
    return segment;
  }

  /** Puts a taken segment back: it could not be loaded now. */
  putBack(segment: SealedSegment): void {
    if (this.#taken.delete(segment)) this.#sealed.push(segment);
  }

  /** Forgets a taken segment whose files belong to another process now. */
  disown(segment: SealedSegment, error: SegmentTakenError): void {
    this.#taken.delete(segment);
    this.#stopAcknowledging(error);
  }

  /**
   * Removes a taken segment, because the store has its rows.
   *
   * @throws SegmentTakenError
   */
  async remove(segment: SealedSegment): Promise<void> {
    await removeSegment(segment);
    this.#taken.delete(segment);
  }

  /** Takes no more rows, and resolves when those that wait are on disk. Sealed rows stay for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
    await this.#requestSeal();
  }

  #requestSeal(): Promise<void> {
    return new Promise((resolve) => {
      this.#sealRequests.push(resolve);
      this.#pump();
    });
  }

  #pump(): void {
    this.#pumping ??= this.#work();
  }

  /** The only place that touches the open segment. Called with something to do. */
  async #work(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sealRequests.length > 0) {
      if (this.#sealRequests.length > 0) {
        const requests = this.#sealRequests;
        this.#sealRequests = [];
        await this.#seal();
        for (const resolve of requests) resolve();
      }
      const group = this.#takeGroup();
      if (group.length > 0) await this.#commit(group);
    }
    // In the same breath as the check above, so that nobody asks in between and is not heard.
    this.#pumping = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const sizeBytes = group.reduce((sum, waiting) => sum + waiting.sizeBytes, 0);
    const began = performance.now();
    const report = (failed: boolean) =>
      this.#options.onCommit({
        requests: group.length,
        bytes: sizeBytes,
        durationMs: performance.now() - began,
        failed,
      });
    if (this.#takenBy) {
      this.#waitingBytes -= sizeBytes;
      for (const { reject } of group) reject(this.#takenOver());
      return;
    }
    try {
      this.#open ??= await this.#createSegment();
      await this.#open.commit(group.map(({ batch }) => batch));
    } catch (error) {
      this.#waitingBytes -= sizeBytes;
      report(true);
      if (error instanceof SegmentTakenError) {
        await this.#leaveOpenSegment(error);
        for (const { reject } of group) reject(this.#takenOver());
        return;
      }
      this.#warn(error);
      await this.#abandon();
      const failure = new ThroughlineError(
        'journal-unavailable',
        `the journal could not be written${diskReasonOf(error)}`,
        { cause: error },
      );
      for (const { reject } of group) reject(failure);
      return;
    }
    report(false);
    this.#warnedMs = undefined;
    this.#waitingBytes -= sizeBytes;
    for (const { resolve } of group) resolve();
    if (this.#open.sizeBytes >= this.#options.maxSegmentBytes) await this.#seal();
    this.#onRows();
  }

  /** A disk stays full for hours, and senders try again: the metric counts what the log need not repeat. */
  #warn(error: unknown): void {
    const now = performance.now();
    if (this.#warnedMs !== undefined && now - this.#warnedMs < WARN_AGAIN_MS) return;
    this.#warnedMs = now;
    this.#options.onWarning('The journal could not be written.', error);
  }

  /** Names sort by age, also within one millisecond. */
  async #createSegment(): Promise<OpenSegment> {
    if (!(await this.#options.isOwner())) throw new SegmentTakenError();
    this.#lastSegmentMs = Math.max(Date.now(), this.#lastSegmentMs + 1);
    const { folder, tables } = this.#options;
    return OpenSegment.create({ folder, tables, name: newSegmentName(this.#lastSegmentMs) });
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || bytes < MAX_GROUP_BYTES))
      bytes += this.#waiting[count++]?.sizeBytes ?? 0;
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return group;
  }

  async #seal(): Promise<void> {
    if (!this.#open) return;
    const { isEmpty } = this.#open;
    const segment = await this.#open.seal();
    this.#open = undefined;
    if (!isEmpty) this.#sealed.push(segment);
    else await this.#removeEmpty(segment);
  }

  /** The disk failed under the open segment: what it held before still counts, and the next group gets a new one. */
  async #abandon(): Promise<void> {
    if (!this.#open) return;
    const { isEmpty } = this.#open;
    try {
      const segment = await this.#open.abandon();
      this.#open = undefined;
      if (!isEmpty) this.#sealed.push(segment);
      else await this.#removeEmpty(segment);
    } catch (error) {
      if (error instanceof SegmentTakenError) await this.#leaveOpenSegment(error);
      else throw error;
    }
  }

  async #removeEmpty(segment: SealedSegment): Promise<void> {
    try {
      await removeSegment(segment);
    } catch (error) {
      if (error instanceof SegmentTakenError) this.#stopAcknowledging(error);
      else this.#options.onWarning('An empty segment stays.', error);
    }
  }

  /** Its files are not ours to touch any more. */
  async #leaveOpenSegment(error: SegmentTakenError): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
    this.#stopAcknowledging(error);
  }

  #stopAcknowledging(error: SegmentTakenError): void {
    if (this.#takenBy) return;
    this.#takenBy = error;
    this.#options.onTaken(error);
  }

  #takenOver(): ThroughlineError {
    return new ThroughlineError('journal-unavailable', 'another process has taken over the journal', {
      cause: this.#takenBy,
    });
  }
}
