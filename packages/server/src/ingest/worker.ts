import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { IngestResult, IngestTask } from './messages.ts';
import { LogProcessor } from './process-logs.ts';
import { MetricProcessor } from './process-metrics.ts';
import { TraceProcessor } from './process-traces.ts';

const processors: Readonly<Record<IngestTask['kind'], { process(task: IngestTask): IngestResult }>> = {
  'otlp-traces': new TraceProcessor(),
  'otlp-logs': new LogProcessor(),
  'otlp-metrics': new MetricProcessor(),
};

/** The worker's entry: the shell around the processors. Piscina asks for a default export. */
export default function work(task: IngestTask): IngestResult {
  const result = processors[task.kind].process(task);
  if (result.kind === 'failure') return result;
  // What `move` marks arrives in the main thread as `result` itself, its buffers transferred.
  return move({
    [transferableSymbol]: result.batch.map(({ bytes }) => bytes.buffer),
    [valueSymbol]: result,
  } as never) as unknown as IngestResult;
}
