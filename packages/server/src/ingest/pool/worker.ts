import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { freeMemory } from '../../memory/free-memory.ts';
import type { AttributeRedactor } from '../redaction/redact-attributes.ts';
import { LogProcessor } from '../signals/logs/process-logs.ts';
import { MetricProcessor } from '../signals/metrics/process-metrics.ts';
import { TraceProcessor } from '../signals/traces/process-traces.ts';
import type { IngestResult, IngestTask, WorkerData } from './messages.ts';

const redactor = await createRedactor();
const processors: Readonly<Record<IngestTask['kind'], { process(task: IngestTask): IngestResult }>> = {
  'otlp-traces': new TraceProcessor(redactor),
  'otlp-logs': new LogProcessor(redactor),
  'otlp-metrics': new MetricProcessor(redactor),
};

/** Entry point of the worker: runs the processor of a task. Piscina requires a default export. */
export default function work(task: IngestTask): IngestResult {
  const processed = processors[task.kind].process(task);
  freeMemory(task.body);
  const result = redactor ? withRedactions(processed, redactor) : processed;
  if (result.kind === 'failure') return result;
  // `move` makes piscina transfer the buffers; the main thread receives `result` itself.
  return move({
    [transferableSymbol]: result.batch.map(({ bytes }) => bytes.buffer),
    [valueSymbol]: result,
  } as never) as unknown as IngestResult;
}

/** Loads the detectors only if a rule is set. */
async function createRedactor(): Promise<AttributeRedactor | undefined> {
  const { redact } = workerData as WorkerData;
  if (redact.length === 0) return undefined;
  const [{ AttributeRedactor }, { redactRules }] = await Promise.all([
    import('../redaction/redact-attributes.ts'),
    import('../redaction/redact-rules.ts'),
  ]);
  return new AttributeRedactor(redactRules(redact));
}

/** Redacts the messages about rejected records, which quote unredacted values. */
function withRedactions(result: IngestResult, redactor: AttributeRedactor): IngestResult {
  if (result.kind === 'failure') return { ...result, message: redactor.text(result.message) };
  const rejections = result.rejections.map((rejection) => ({
    ...rejection,
    example: redactor.text(rejection.example),
    subject: rejection.subject && redactor.text(rejection.subject),
  }));
  return { ...result, rejections, redactions: redactor.takeCounts() };
}
