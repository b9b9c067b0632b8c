import { type Context, createContextKey } from '@opentelemetry/api';
import type { Span } from '../../span.ts';

const STREAM = createContextKey('@throughline/sdk.agents-model-stream');

/** A stream of a model that is being read: the span that its reading started is noted here. */
export interface ModelStream {
  span?: Span;
}

export function withModelStream(parent: Context, stream: ModelStream): Context {
  return parent.setValue(STREAM, stream);
}

export function modelStream(active: Context): ModelStream | undefined {
  return active.getValue(STREAM) as ModelStream | undefined;
}
