import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { IngestResult, IngestTask } from './messages.ts';
import { TraceProcessor } from './process-traces.ts';

const processor = new TraceProcessor();

/** The worker's entry: the shell around `TraceProcessor`. Piscina asks for a default export. */
export default function work(task: IngestTask): IngestResult {
  const result = processor.process(task);
  if (result.kind === 'failure') return result;
  // What `move` marks arrives in the main thread as `result` itself, its buffers transferred.
  return move({
    [transferableSymbol]: result.batch.map(({ bytes }) => bytes.buffer),
    [valueSymbol]: result,
  } as never) as unknown as IngestResult;
}
