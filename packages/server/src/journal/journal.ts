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
  /** Disk budget of all segments together. Above it, `append` rejects with `journal-full`. */
  readonly maxBytes: number;
  /** A segment that has reached this size is sealed. Default: 64 MiB, which the store loads as one block. */
  readonly maxSegmentBytes?: number;
  readonly onWarning?: (message: string, error: unknown) => void;
  readonly onCommit?: (commit: GroupCommit) => void;
  /**
   * Called once, when another process has taken files of this journal. From then on nothing is acknowledged, and the
   * server has to stop.
   */
  readonly onTaken?: (error: SegmentTakenError) => void;
  /** Called before each new segment. Default: always true. */
  readonly isOwner?: () => Promise<boolean>;
}

/** Requests that share one fsync. */
export interface GroupCommit {
  readonly requests: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** If true, none of the requests was acknowledged. */
  readonly failed: boolean;
}

/** Maximum size of a group for one fsync. A larger group would only delay its first request. */
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
 * Requests that arrive during one fsync share the next one.
 */
export class Journal {
  /** The result of the recovery at the start. */
  readonly recovery: Recovery;
  readonly #options: Required<JournalOptions>;
  readonly #sealed: SealedSegment[];
  readonly #taken = new Set<SealedSegment>();
  #open: OpenSegment | undefined;
  #waiting: Waiting[] = [];
  /** Size of `#waiting` and of the group that is being written. */
  #waitingBytes = 0;
  #lastSegmentMs = 0;
  /** Time of the last warning since the last successful commit. */
  #warnedMs: number | undefined;
  #pumping: Promise<void> | undefined;
  #sealRequests: (() => void)[] = [];
  #closed = false;
  /** Set if another process has taken files of this journal. */
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

  /** Size on disk, without rows that wait for their fsync. */
  get sizeBytes(): number {
    const size = (sum: number, segment: { readonly sizeBytes: number }) => sum + segment.sizeBytes;
    return [...this.#sealed, ...this.#taken].reduce(size, this.#open?.sizeBytes ?? 0);
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  /** Approximate time of the oldest row, in ms since 1970. Undefined if there are no rows. */
  get oldestRowUnixMs(): number | undefined {
    const segments = [...this.#sealed, ...this.#taken];
    const open = this.#open && !this.#open.isEmpty ? [this.#open] : [];
    const times = [...segments, ...open].map(({ name }) => segmentTimeMs(name));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Number of sealed segments that have not been taken. */
  get sealedCount(): number {
    return this.#sealed.length;
  }

  get isEmpty(): boolean {
    return this.#sealed.length === 0 && this.#taken.size === 0 && (this.#open?.isEmpty ?? true);
  }

  /** Sets the only listener, the loader, which is called whenever there are rows to take. */
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
          `the rows that are not in the store yet have reached the limit of ${maxBytes} bytes`,
        ),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, sizeBytes, resolve, reject });
      this.#waitingBytes += sizeBytes;
      this.#pump();
    });
  }

  /** Takes the oldest segment with rows, and seals the open one if necessary. Undefined if there are no rows. */
  async takeSegment(): Promise<SealedSegment | undefined> {
    if (this.#sealed.length === 0 && this.#open && !this.#open.isEmpty) await this.#requestSeal();
    const segment = this.#sealed.shift();
    if (segment) this.#taken.add(segment);
    return segment;
  }

  /** Puts a taken segment back because it could not be loaded. */
  putBack(segment: SealedSegment): void {
    if (this.#taken.delete(segment)) this.#sealed.push(segment);
  }

  /** Forgets a taken segment because its files now belong to another process. */
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

  /** Accepts no more rows, and resolves when waiting rows are on disk. The next start finds the sealed rows. */
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

  /** The only method that uses the open segment. Call it only if there is work. */
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
    // Without an await since the check above, so that no request is added in between and missed.
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

  /** Warns once a minute, because a full disk lasts for hours and senders retry. The metric counts every failure. */
  #warn(error: unknown): void {
    const now = performance.now();
    if (this.#warnedMs !== undefined && now - this.#warnedMs < WARN_AGAIN_MS) return;
    this.#warnedMs = now;
    this.#options.onWarning('The journal could not be written.', error);
  }

  /** Creates a segment. Names sort by age, even within one millisecond. */
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

  /** Called if the disk fails under the open segment: its earlier rows are kept, and the next group gets a new segment. */
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
      else this.#options.onWarning('An empty segment could not be removed.', error);
    }
  }

  /** Leaves the files unchanged, because they belong to another process. */
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
