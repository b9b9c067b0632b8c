import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { unref } from '../core/unref.ts';

/** Maximum number of watched spans, so that spans that never end do not leak memory here. */
const MAX_WATCHED = 10_000;

/**
 * Reports spans that are still open after `afterMs`, once each, so that they can be shown before they end. The default
 * is one second: shorter spans appear just as soon when they end, and each report costs the server a row.
 *
 * To keep this cheap, a span is added to a list when it starts, and checked when the next one starts and when it is
 * due. Nothing happens when it ends, and most spans have ended before they are due.
 */
export class RunningSpans {
  readonly #afterMs: number;
  readonly #report: (span: ReadableSpan) => void;
  /** In the order they started. */
  #watched: ReadableSpan[] = [];
  #refused = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(afterMs: number, report: (span: ReadableSpan) => void) {
    this.#afterMs = afterMs;
    this.#report = report;
  }

  add(span: ReadableSpan): void {
    // Releases ended spans at once, so that a sequence of short spans does not fill the list until the next check.
    while (this.#watched.at(-1)?.ended) this.#watched.pop();
    if (this.#watched.length >= MAX_WATCHED) {
      // Scans the list only for every hundredth span, even if thousands stay open.
      if (this.#refused++ % 100 === 0) this.#forgetEnded();
      if (this.#watched.length >= MAX_WATCHED) return;
    }
    this.#watched.push(span);
    if (this.#timer === undefined) this.#wait(this.#afterMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watched = [];
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), ms);
    unref(this.#timer);
  }

  #check(): void {
    this.#timer = undefined;
    const dueBefore = Date.now() - this.#afterMs;
    const due = this.#watched.filter((span) => startMs(span) <= dueBefore);
    this.#watched = this.#watched.filter((span) => startMs(span) > dueBefore && !span.ended);
    for (const span of due) if (!span.ended) this.#report(span);
    const [next] = this.#watched;
    // The upper bound matters because a caller may have set a start time in the future.
    if (next !== undefined) this.#wait(Math.min(this.#afterMs, Math.max(1, startMs(next) - dueBefore)));
  }

  #forgetEnded(): void {
    this.#watched = this.#watched.filter(({ ended }) => !ended);
  }
}

function startMs({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1_000 + nanos / 1e6;
}
