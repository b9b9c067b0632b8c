import { type Context, createContextKey } from '@opentelemetry/api';

const STREAMED_RUN = createContextKey('@throughline/sdk.langchain-streamed-run');

/** For the one who reads a stream: how to end the run that it belongs to, the first that its reading starts. */
export interface StreamedRun {
  cancel?: () => void;
}

export function withStreamedRun(parent: Context, run: StreamedRun): Context {
  return parent.setValue(STREAMED_RUN, run);
}

export function streamedRun(active: Context): StreamedRun | undefined {
  return active.getValue(STREAMED_RUN) as StreamedRun | undefined;
}
