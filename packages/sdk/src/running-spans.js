import { unref } from './delivery/lane.ts';
/** More open spans than this are not watched: a leak of open spans must not become a leak of memory here. */
const MAX_WATCHED = 10_000;
/**
 * Open spans that are worth showing before they end. After `afterMs` a span that is still open is reported, once.
 * One second, because what is shorter is on the screen as fast by its own end, and each report costs the server a row.
 */
export class RunningSpans {
    #afterMs;
    #report;
    /** In the order they started, with the time they are due. */
    #due = new Map();
    #timer;
    constructor(afterMs, report) {
        this.#afterMs = afterMs;
        this.#report = report;
    }
    add(span) {
        if (this.#due.size >= MAX_WATCHED)
            return;
        this.#due.set(span, performance.now() + this.#afterMs);
        if (this.#timer === undefined)
            this.#wait(this.#afterMs);
    }
    remove(span) {
        this.#due.delete(span);
    }
    close() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#due.clear();
    }
    #wait(ms) {
        this.#timer = setTimeout(() => this.#check(), ms);
        unref(this.#timer);
    }
    #check() {
        this.#timer = undefined;
        const now = performance.now();
        for (const [span, due] of this.#due) {
            if (due > now) {
                this.#wait(due - now);
                return;
            }
            this.#due.delete(span);
            this.#report(span);
        }
    }
}
