import { type Context, createContextKey } from '@opentelemetry/api';
import { record } from '../../providers/json.ts';
import type { Span } from '../../span/span.ts';

const REQUEST = createContextKey('@throughline/sdk.agents-model-request');

/**
 * What is known about a request to a model from its call, and not from its span: the Agents SDK says of an abort only
 * that there was an error, or nothing at all, because a stream whose signal is aborted just ends.
 */
export class ModelRequest {
  /** The span that the call starts. */
  span: Span | undefined;
  readonly #signal: unknown;
  #isAnswered = false;
  #isLeft = false;

  /** @param request What the method of the model is given. */
  constructor(request: unknown) {
    this.#signal = record(request).signal;
  }

  get isCancelled(): boolean {
    return !this.#isAnswered && (this.#isLeft || this.#isAborted);
  }

  noteEvent(event: unknown): void {
    const { type } = record(event);
    if (type === 'output_text_delta') this.span?.markFirstToken();
    // From the part that had come the Agents SDK makes such an event too.
    if (type === 'response_done' && !this.#isAborted) this.#isAnswered = true;
  }

  /** The reader of the stream goes away. */
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
