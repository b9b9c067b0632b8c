import { type Context, createContextKey } from '@opentelemetry/api';

const STREAMED_RUN = createContextKey('@throughline/sdk.langchain-streamed-run');

/** Lets the observer of a stream cancel the run of the stream, which is the first run that starts in its context. */
export interface StreamedRun {
  cancel?: () => void;
}

export function withStreamedRun(parent: Context, run: StreamedRun): Context {
  return parent.setValue(STREAMED_RUN, run);
}

export function streamedRun(active: Context): StreamedRun | undefined {
  return active.getValue(STREAMED_RUN) as StreamedRun | undefined;
}
