/** When a trace counts as finished, in milliseconds. */
export interface FinishTimes {
  /** Time without new spans after which a trace is finished, if its root has ended. */
  readonly quietMs: number;
  /** The same for a trace whose root has not arrived or not ended. */
  readonly quietWithoutRootMs: number;
  /** A trace that still gets spans is reported after this time. */
  readonly maxWaitMs: number;
}

/** A trace that was settled. */
export interface SettledTrace {
  readonly project: string;
  readonly traceId: string;
  /** Receipt of its newest span in this pass. The version of its row is at least this. */
  readonly version: bigint;
  /** Range that contains the start of the trace, in nanoseconds since 1970. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** A trace that waits until it is finished. */
export interface PendingTrace extends SettledTrace {
  /** Time at which it began to wait, and at which its newest spans were settled. */
  readonly sinceMs: number;
  readonly newsMs: number;
  /** It is not examined before this time. */
  readonly dueMs: number;
}

/**
 * The traces that were settled and are not finished yet. Their number is limited. Traces above the limit are not held;
 * {@link floor} stays below their version, so they can be read from the store later.
 */
export class PendingTraces {
  readonly #times: FinishTimes;
  readonly #max: number;
  readonly #byId = new Map<string, PendingTrace>();
  #overflow: bigint | undefined;
  #newest = 0n;

  constructor(times: FinishTimes, max: number) {
    this.#times = times;
    this.#max = max;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** All traces whose version is lower are finished. */
  get floor(): bigint {
    let floor = this.#overflow ?? this.#newest + 1n;
    for (const { version } of this.#byId.values()) if (version < floor) floor = version;
    return floor;
  }

  /** The lowest version of the traces that are not held. Undefined if all are held. */
  get overflow(): bigint | undefined {
    return this.#overflow;
  }

  /** All traces with this version or a higher one are pending, and the rows that follow are read from the store. */
  overflowFrom(version: bigint | undefined): void {
    this.#overflow = version;
  }

  add(trace: SettledTrace, nowMs: number): void {
    if (trace.version > this.#newest) this.#newest = trace.version;
    const key = keyOf(trace);
    const known = this.#byId.get(key);
    if (!known && this.#byId.size >= this.#max) {
      if (this.#overflow === undefined || trace.version < this.#overflow) this.#overflow = trace.version;
      return;
    }
    this.#byId.set(key, {
      ...trace,
      version: known && known.version < trace.version ? known.version : trace.version,
      fromNs: known && known.fromNs < trace.fromNs ? known.fromNs : trace.fromNs,
      toNs: known && known.toNs > trace.toNs ? known.toNs : trace.toNs,
      sinceMs: known?.sinceMs ?? nowMs,
      newsMs: nowMs,
      dueMs: Math.min(nowMs + this.#times.quietMs, (known?.sinceMs ?? nowMs) + this.#times.maxWaitMs),
    });
  }

  /** Traces to examine, at most `limit`. */
  due(nowMs: number, limit: number): PendingTrace[] {
    const due: PendingTrace[] = [];
    for (const trace of this.#byId.values()) {
      if (trace.dueMs <= nowMs) due.push(trace);
      if (due.length === limit) break;
    }
    return due;
  }

  /** Whether a trace is finished, given whether its root has ended. If not, it is examined again later. */
  isFinished(trace: PendingTrace, rootHasEnded: boolean, nowMs: number): boolean {
    const { quietMs, quietWithoutRootMs, maxWaitMs } = this.#times;
    const finishedMs = Math.min(
      trace.newsMs + (rootHasEnded ? quietMs : quietWithoutRootMs),
      trace.sinceMs + maxWaitMs,
    );
    if (finishedMs <= nowMs) return true;
    if (this.#isCurrent(trace)) this.#byId.set(keyOf(trace), { ...trace, dueMs: finishedMs });
    return false;
  }

  /** Removes a trace, unless it got spans since it was examined. `version` is that of its row. */
  remove(trace: PendingTrace, version = trace.version): void {
    if (version > this.#newest) this.#newest = version;
    if (this.#isCurrent(trace)) this.#byId.delete(keyOf(trace));
  }

  #isCurrent(trace: PendingTrace): boolean {
    const known = this.#byId.get(keyOf(trace));
    return known !== undefined && known.newsMs === trace.newsMs && known.version === trace.version;
  }
}

function keyOf({ project, traceId }: Pick<SettledTrace, 'project' | 'traceId'>): string {
  return `${project}\n${traceId}`;
}
