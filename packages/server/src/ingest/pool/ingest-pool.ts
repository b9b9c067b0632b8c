import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { Admission } from '../../admission/admission.ts';
import { FairQueue } from '../../admission/fair-queue.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { IngestResult, IngestTask, WorkerData } from './messages.ts';

/** Where requests are turned into rows. */
export interface IngestPool {
  /** Groups that wait for a thread take turns, by bytes. */
  process(task: IngestTask, group?: string): Promise<IngestResult>;
  /** Requests that wait for a thread. */
  readonly queueSize: number;
  /** Finishes what was begun. */
  close(): Promise<void>;
}

/**
 * Memory of one worker's objects. Far above what decoding may take: a worker that runs out of it may end the process.
 */
const WORKER_HEAP_MIB = 2048;

/** One that runs and one that is ready, so that no thread waits for the main one. */
const TASKS_PER_WORKER = 2;
/** Requests of OTLP shrink to about an eighth: the work is in what they unpack to. */
const COMPRESSED_WEIGHT = 8;

export interface IngestPoolOptions {
  /** Default: as many as there are processors. */
  readonly workers?: number | undefined;
  /** Names of the rules of redaction. */
  readonly redact?: readonly string[];
  /** Nothing is begun while the rows that others made fill the memory. */
  readonly admission?: Pick<Admission, 'hasRoomForRows' | 'onLeave'>;
}

/** Worker threads behind a fair queue. */
export function createIngestPool({
  workers = availableParallelism(),
  redact = [],
  admission,
}: IngestPoolOptions = {}): IngestPool {
  const self = new URL(import.meta.url);
  const fromSource = extname(self.pathname) === '.ts';
  const pool = new Piscina<IngestTask, IngestResult>({
    filename: new URL(fromSource ? './worker.ts' : './worker.js', self).href,
    minThreads: workers,
    maxThreads: workers,
    execArgv: fromSource ? ['--conditions=throughline-source'] : [],
    workerData: { redact } satisfies WorkerData,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
  });
  const queue = new FairQueue<() => Promise<void>>();
  let running = 0;
  let whenIdle = (): void => {};
  const begin = (): void => {
    while (running < workers * TASKS_PER_WORKER && admission?.hasRoomForRows !== false) {
      const run = queue.shift();
      if (!run) break;
      running++;
      void run().finally(() => {
        running--;
        begin();
      });
    }
    if (running === 0 && queue.size === 0) whenIdle();
  };
  admission?.onLeave(begin);
  return {
    get queueSize() {
      return queue.size + pool.queueSize;
    },
    process(task, group = '') {
      const weight = task.body.length * (task.contentEncoding === 'identity' ? 1 : COMPRESSED_WEIGHT);
      return new Promise((resolve, reject) => {
        queue.push(group, weight, () => work(pool, task).then(resolve, reject));
        begin();
      });
    },
    async close() {
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
        begin();
      });
      await pool.close();
    },
  };
}

async function work(pool: Piscina<IngestTask, IngestResult>, task: IngestTask): Promise<IngestResult> {
  try {
    return await pool.run(task, { transferList: transferable(task.body) });
  } catch (error) {
    if (isOutOfMemory(error))
      throw new ThroughlineError('body-too-large', 'the body needs more memory to decode than a worker has', {
        cause: error,
      });
    throw error;
  }
}

/** Small buffers are parts of a shared pool and must be copied. */
function transferable(body: Uint8Array): ArrayBuffer[] {
  const { buffer } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === body.byteLength ? [buffer] : [];
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
