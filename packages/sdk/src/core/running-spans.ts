import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { unref } from './unref.ts';

/** More spans than this are not watched: a leak of open spans must not become a leak of memory here. */
const MAX_WATCHED = 10_000;

/**
 * Open spans that are worth showing before they end. After `afterMs` a span that is still open is reported, once.
 * One second, because what is shorter is on the screen as fast by its own end, and each report costs the server a row.
 *
 * A span is only put on a list when it starts and looked at when the next one does and when it is due: nothing happens
 * at its end, which is where most spans are by then.
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
    // Short spans one after the other are not held on to until the next look.
    while (this.#watched.at(-1)?.ended) this.#watched.pop();
    if (this.#watched.length >= MAX_WATCHED) {
      // Looked through at most once per hundred spans, however many stay open.
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
    // Never longer than that: a start that was given may lie in the future.
    if (next !== undefined) this.#wait(Math.min(this.#afterMs, Math.max(1, startMs(next) - dueBefore)));
  }

  #forgetEnded(): void {
    this.#watched = this.#watched.filter(({ ended }) => !ended);
  }
}

function startMs({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1_000 + nanos / 1e6;
}
