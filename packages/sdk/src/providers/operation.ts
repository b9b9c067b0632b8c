import type { SpanKind } from '@throughline/spans';
import type { SpanUpdate } from '../span/span-update.ts';
import type { Json } from './json.ts';

/** What is said on the span of a call. */
export interface CallFacts extends SpanUpdate {
  /** An error that the provider tells in its answer and the client does not throw. */
  readonly failure?: unknown;
}

/**
 * What one method of a provider's client means: how its request and its answers are said on a span. Pure functions
 * over JSON of unknown shape; what they throw costs the attributes, never the call.
 */
export interface Operation {
  /** `gen_ai.operation.name`, and the first word of the span's name. */
  readonly operation: string;
  readonly kind: SpanKind;
  /** Content as thunks. */
  readonly request: (body: Json) => CallFacts;
  /** Of an answer that came whole. */
  readonly response: (answer: unknown, body: Json) => CallFacts;
  /** Present where the method can stream. */
  readonly stream?: (options: AccumulatorOptions) => Accumulator;
}

export interface AccumulatorOptions {
  readonly body: Json;
  /** False where output is not recorded: then only usage, ids and reasons are kept. */
  readonly keepsContent: boolean;
  /** Of all texts together; what comes after is not kept. */
  readonly maxCharacters: number;
}

/** Puts the chunks of one stream together. Called before the application sees each chunk: it must be quick. */
export interface Accumulator {
  /** @returns Whether the chunk holds something that the model generated. */
  readonly add: (chunk: unknown) => boolean;
  /** What was received so far, as if it were the whole. */
  readonly answer: () => CallFacts;
}

/** A method that asks for the same as a stream, where nothing in its body says so. */
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
