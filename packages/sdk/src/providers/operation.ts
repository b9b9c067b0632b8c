import type { SpanKind } from '@throughline/spans';
import type { Json } from '../core/json.ts';
import type { SpanUpdate } from '../span/span-update.ts';

/** The fields of a call's span. */
export interface CallFacts extends SpanUpdate {
  /** An error that the provider reports in its response and the client does not throw. */
  readonly failure?: unknown;
}

/**
 * Maps requests and responses of one method of a provider's client to span fields. Its members are pure functions over
 * JSON of unknown shape. If one throws, its attributes are missing, but the call is not affected.
 */
export interface Operation {
  /** Value of `gen_ai.operation.name` and first word of the span's name. */
  readonly operation: string;
  readonly kind: SpanKind;
  /** Maps the request. Content must be returned as functions. */
  readonly request: (body: Json) => CallFacts;
  /** Maps a complete response, i.e. one that is not streamed. */
  readonly response: (answer: unknown, body: Json) => CallFacts;
  /** Creates an accumulator for a streamed response. Undefined if the method cannot stream. */
  readonly stream?: (options: AccumulatorOptions) => Accumulator;
}

export interface AccumulatorOptions {
  readonly body: Json;
  /** False if output is not recorded. Only usage, ids and finish reasons are kept then. */
  readonly keepsContent: boolean;
  /** Maximum length of all texts together. Further text is not kept. */
  readonly maxCharacters: number;
}

/** Combines the chunks of one stream. `add` runs before the application gets each chunk, so it must be fast. */
export interface Accumulator {
  /** @returns Whether the chunk contains generated content. */
  readonly add: (chunk: unknown) => boolean;
  /** Maps everything received so far, as if the stream were complete. */
  readonly answer: () => CallFacts;
}

/** The streaming variant of an operation, for clients with a separate method for streams. */
export function streamed(operation: Operation, stream: NonNullable<Operation['stream']>): Operation {
  return {
    ...operation,
    request: (body) => {
      const facts = operation.request(body);
      return { ...facts, parameters: { ...facts.parameters, stream: true } };
    },
    stream,
  };
}
