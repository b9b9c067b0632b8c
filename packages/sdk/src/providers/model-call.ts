import { type Context, context, createContextKey } from '@opentelemetry/api';
import { currentClient } from '../context/client.ts';
import { type Json, number, record, text } from '../core/json.ts';
import { swallow } from '../core/report.ts';
import { KEYS } from '../core/semconv.ts';
import { isAbort } from '../span/is-abort.ts';
import type { Span } from '../span/span.ts';
import { startSpan } from '../span/start-span.ts';
import { onceHooks, type ResultHooks } from '../stream/hooks.ts';
import { isCoveredCall } from './covered-calls.ts';
import type { Accumulator, CallFacts, Operation } from './operation.ts';
import { hasProviderSpan } from './suppress.ts';

/** The provider and server of a call. */
export interface Destination {
  /** Value of `gen_ai.provider.name`. */
  readonly provider: string;
  /** Base URL, if it is known. */
  readonly url?: string | undefined;
}

const CALL = createContextKey('@throughline/sdk.model-call');

/** Returns the model call that is running, so that code inside the client can report its attempts. */
export function activeCall(): ModelCall | undefined {
  return context.active().getValue(CALL) as ModelCall | undefined;
}

/** One call of a provider. Its span lasts from the request to the end of the response, even if that fails. */
export class ModelCall {
  readonly span: Span;
  /** The context in which the client runs, so that spans of its requests become children of this span. */
  readonly context: Context;
  readonly #operation: Operation;
  readonly #body: Json;
  #accumulator: Accumulator | undefined;
  #attempts = 0;

  private constructor(span: Span, operation: Operation, body: Json) {
    this.span = span;
    this.#operation = operation;
    this.#body = body;
    this.context = span.context.setValue(CALL, this);
  }

  /** Returns undefined if the call must not be traced: tracing is off, or an outer span already represents it. */
  static begin(operation: Operation, body: Json, destination: () => Destination): ModelCall | undefined {
    if (currentClient() === undefined || hasProviderSpan(context.active())) return undefined;
    try {
      if (operation.kind === 'llm' && isCoveredCall(body)) return undefined;
      const { provider, url } = destination();
      const { kind, operation: name } = operation;
      const model = text(body.model);
      const span = startSpan(model === undefined ? name : `${name} ${model}`, { kind, provider, model });
      const call = new ModelCall(span, operation, body);
      if (span.isRecording) {
        span.set({ [KEYS.operation]: name, ...serverAttributes(url) });
        call.#setFacts(() => operation.request(body));
      }
      return call;
    } catch (error) {
      swallow('starting the span of a model call', error);
      return undefined;
    }
  }

  run<T>(fn: () => T): T {
    return context.with(this.context, fn);
  }

  /** Reports that the client sends the request, initially or as a retry. */
  noteAttempt(): void {
    this.noteAttempts(this.#attempts + 1);
  }

  /** Sets the number of attempts, for clients that report it. */
  noteAttempts(attempts: number): void {
    this.#attempts = attempts;
    if (this.#attempts > 1) this.span.set({ 'http.request.resend_count': this.#attempts - 1 });
  }

  /** Returns hooks that record the result, complete or streamed. They never throw, and only the first end counts. */
  hooks(): ResultHooks {
    return onceHooks({
      context: this.context,
      chunk: (chunk) => {
        if (this.#accumulation().add(chunk)) this.span.markFirstToken();
      },
      done: (value) => {
        if (this.#accumulator === undefined)
          this.#setFacts(() => this.#operation.response(value, this.#body));
        else this.#setReceived();
        this.span.end();
      },
      failed: (error) => {
        this.#setReceived();
        if (isAbort(error)) this.span.recordCancelled();
        else this.#recordError(error);
        this.span.end();
      },
      cancelled: () => {
        this.#setReceived();
        this.span.recordCancelled();
        this.span.end();
      },
    });
  }

  #accumulation(): Accumulator {
    if (this.#accumulator === undefined) {
      const keepsContent = this.span.captures('output');
      this.#accumulator = this.#operation.stream?.({
        body: this.#body,
        keepsContent,
        maxCharacters: keepsContent ? (currentClient()?.config.capture.limits.maxCharacters ?? 0) : 0,
      }) ?? { add: () => true, answer: () => ({}) };
    }
    return this.#accumulator;
  }

  #setReceived(): void {
    const accumulator = this.#accumulator;
    if (accumulator !== undefined) this.#setFacts(() => accumulator.answer());
  }

  #setFacts(read: () => CallFacts): void {
    if (!this.span.isRecording) return;
    try {
      const facts = read();
      this.span.update(facts);
      if (facts.failure !== undefined) this.span.recordError(facts.failure);
    } catch (error) {
      swallow('reading a model call', error);
    }
  }

  #recordError(error: unknown): void {
    const status = statusOf(error);
    if (status !== undefined) this.span.set({ 'http.response.status_code': status });
    const attempts = number(record(record(error).$metadata).attempts);
    if (attempts !== undefined) this.noteAttempts(attempts);
    this.span.recordError(error);
  }
}

/** Parses only the origin of the URL, because it runs for every call. */
function serverAttributes(url: string | undefined): Record<string, string | number> {
  const match = /^(https?):\/\/(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?/i.exec(url ?? '');
  if (match === null) return {};
  const [, scheme, address = '', port] = match;
  return {
    'server.address': address,
    'server.port': port === undefined ? (scheme?.toLowerCase() === 'http' ? 80 : 443) : Number(port),
  };
}

function statusOf(error: unknown): number | undefined {
  const { status, statusCode, code, $metadata } = record(error);
  return [status, statusCode, record($metadata).httpStatusCode, code]
    .map(number)
    .find((found) => found !== undefined && found >= 100 && found < 600);
}
