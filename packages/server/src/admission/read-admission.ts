import { ThroughlineError } from '../errors/errors.ts';
import { FairQueue } from './fair-queue.ts';

export interface ReadAdmissionOptions {
  /** Maximum number of requests that may read the store at the same time. */
  readonly maxReading: number;
  /** Maximum number of waiting requests. Further ones are rejected at once, because they would not be served in time. */
  readonly maxWaiting?: number;
  /** A request that has not been admitted after this time is rejected. */
  readonly maxWaitMs?: number;
  /** Maximum size of the responses that clients have not read yet. */
  readonly maxAnswerBytes?: number;
}

const MAX_WAITING = 300;
const MAX_WAIT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 << 20;

/** One request that reads, from its admission until its response is sent. */
export interface Reading {
  /** Undefined if it was admitted at once. Rejects with `overloaded`. */
  readonly admitted: Promise<void> | undefined;
  /** The store has returned its result, so the next request may begin. The response needs `bytes` until it is sent. */
  answer(bytes: number): void;
  /** The response is sent, or the client has disconnected. */
  leave(): void;
}

/**
 * Decides which requests may read the store. Only a few whole requests read at a time, so that requests that have begun
 * finish before others begin.
 *
 *     enter ─▶ waits ─▶ reads (statements) ─▶ answer: is sent to the client ─▶ leave
 *
 * Waiting groups take turns. A group whose clients do not read their responses has to wait, and all groups wait while the
 * unread responses exceed their limit.
 */
export class ReadAdmission {
  readonly maxReading: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #maxAnswerBytes: number;
  readonly #queue = new FairQueue<Read>();
  readonly #answerBytesOf = new Map<string, number>();
  #reading = 0;
  #answerBytes = 0;
  #refused = 0;

  constructor({
    maxReading,
    maxWaiting = MAX_WAITING,
    maxWaitMs = MAX_WAIT_MS,
    maxAnswerBytes = MAX_ANSWER_BYTES,
  }: ReadAdmissionOptions) {
    this.maxReading = maxReading;
    this.#maxWaiting = maxWaiting;
    this.#maxWaitMs = maxWaitMs;
    this.#maxAnswerBytes = maxAnswerBytes;
  }

  get reading(): number {
    return this.#reading;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Size of the responses that clients have not read yet. */
  get answerBytes(): number {
    return this.#answerBytes;
  }

  /** Number of requests that were rejected since the start. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Runs a read that belongs to no request of the API, such as one that an endpoint for SDKs needs before it writes.
   *
   * @throws ThroughlineError overloaded
   */
  async run<Result>(group: string, read: () => Promise<Result>): Promise<Result> {
    const reading = this.enter(group);
    try {
      await reading.admitted;
      return await read();
    } finally {
      reading.leave();
    }
  }

  /** @throws ThroughlineError overloaded */
  enter(group: string): Reading {
    const read = new Read(this, group);
    if (this.#queue.size === 0 && this.#canBegin(group)) {
      this.#begin(read);
      return read;
    }
    if (this.#queue.size >= this.#maxWaiting) this.#makeRoom(group);
    read.admitted = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#refuse(read, `its turn did not come within ${this.#maxWaitMs / 1000} seconds`),
        this.#maxWaitMs,
      );
      read.waits = { resolve, reject, timer };
    });
    this.#queue.push(group, 1, read);
    this.#serve();
    return read;
  }

  /** @internal */
  answered(read: Read, bytes: number): void {
    this.#reading--;
    this.#addAnswer(read.group, bytes);
    this.#serve();
  }

  /** @internal */
  left(read: Read, isReading: boolean, answerBytes: number): void {
    if (isReading) this.#reading--;
    this.#addAnswer(read.group, -answerBytes);
    this.#giveUp(read, 'the client disconnected');
    this.#serve();
  }

  #canBegin(group: string): boolean {
    if (this.#reading >= this.maxReading) return false;
    const left = this.#maxAnswerBytes - this.#answerBytes;
    return left > 0 && (this.#answerBytesOf.get(group) ?? 0) <= left;
  }

  #begin(read: Read): void {
    read.isReading = true;
    this.#reading++;
  }

  #serve(): void {
    while (this.#reading < this.maxReading) {
      const next = this.#queue.shift((group) => this.#canBegin(group));
      if (!next?.waits) return;
      const { resolve, timer } = next.waits;
      clearTimeout(timer);
      next.waits = undefined;
      this.#begin(next);
      resolve();
    }
  }

  /** Rejects a waiting request of the group with the most of them. @throws ThroughlineError overloaded */
  #makeRoom(group: string): void {
    const why = `${this.#queue.size} reads are already waiting`;
    const newest = this.#queue.newestOfLargest;
    if (!newest || newest.group === group) {
      this.#refused++;
      throw overloaded(why);
    }
    this.#refuse(newest, why);
  }

  #refuse(read: Read, why: string): void {
    this.#refused++;
    this.#giveUp(read, why);
  }

  #giveUp(read: Read, why: string): void {
    if (!read.waits) return;
    const { reject, timer } = read.waits;
    clearTimeout(timer);
    read.waits = undefined;
    this.#queue.delete(read.group, read);
    reject(overloaded(why));
  }

  #addAnswer(group: string, bytes: number): void {
    if (bytes === 0) return;
    this.#answerBytes += bytes;
    const held = (this.#answerBytesOf.get(group) ?? 0) + bytes;
    if (held === 0) this.#answerBytesOf.delete(group);
    else this.#answerBytesOf.set(group, held);
  }
}

class Read implements Reading {
  admitted: Promise<void> | undefined = undefined;
  /** Set while the request is in the queue. */
  waits: { resolve(): void; reject(error: unknown): void; readonly timer: NodeJS.Timeout } | undefined =
    undefined;
  isReading = false;
  readonly group: string;
  readonly #admission: ReadAdmission;
  #answerBytes = 0;
  #left = false;

  constructor(admission: ReadAdmission, group: string) {
    this.#admission = admission;
    this.group = group;
  }

  answer(bytes: number): void {
    if (this.#left || !this.isReading) return;
    this.isReading = false;
    this.#answerBytes = bytes;
    this.#admission.answered(this, bytes);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#admission.left(this, this.isReading, this.#answerBytes);
  }
}

function overloaded(why: string): ThroughlineError {
  return new ThroughlineError('overloaded', `the server has more reads than it can serve: ${why}`);
}
