import type { Terminal } from './terminal.ts';

const EVERY_MS = 200;
/** Returns to the beginning of the line and clears it. */
const CLEAR_LINE = '\r\u001b[2K';

/** One line that is replaced several times a second. Shown only in a terminal. */
export class Progress {
  readonly #terminal: Terminal;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isShown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(text: string): void {
    const now = performance.now();
    if (!this.#terminal.colours || now - this.#shownAt < EVERY_MS) return;
    this.#shownAt = now;
    this.#isShown = true;
    this.#terminal.err(`${CLEAR_LINE}${text}`);
  }

  clear(): void {
    if (this.#isShown) this.#terminal.err(CLEAR_LINE);
    this.#isShown = false;
  }
}
