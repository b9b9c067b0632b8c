import { type Context, createContextKey } from '@opentelemetry/api';
import { record } from '../../core/json.ts';
import type { Span } from '../../span/span.ts';

const REQUEST = createContextKey('@throughline/sdk.agents-model-request');

/**
 * Tracks whether a model request was cancelled. The span data of the Agents SDK does not show this: it reports an abort
 * as an error, or not at all, because an aborted stream just ends.
 */
export class ModelRequest {
  /** The span of the model call. */
  span: Span | undefined;
  readonly #signal: unknown;
  #isAnswered = false;
  #isLeft = false;

  /** @param request The argument of the model's method. */
  constructor(request: unknown) {
    this.#signal = record(request).signal;
  }

  get isCancelled(): boolean {
    return !this.#isAnswered && (this.#isLeft || this.#isAborted);
  }

  noteEvent(event: unknown): void {
    const { type } = record(event);
    if (type === 'output_text_delta') this.span?.markFirstToken();
    // The Agents SDK creates this event for an aborted stream too, from the part that was received.
    if (type === 'response_done' && !this.#isAborted) this.#isAnswered = true;
  }

  /** Reports that the reader of the stream stopped early. */
  noteLeft(): void {
    this.#isLeft = true;
  }

  get #isAborted(): boolean {
    return this.#signal instanceof AbortSignal && this.#signal.aborted;
  }
}

export function withModelRequest(parent: Context, request: ModelRequest): Context {
  return parent.setValue(REQUEST, request);
}

export function modelRequest(active: Context): ModelRequest | undefined {
  return active.getValue(REQUEST) as ModelRequest | undefined;
}
