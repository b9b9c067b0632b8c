import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { Admission } from '../../admission/admission.ts';
import { FairQueue } from '../../admission/fair-queue.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { IngestResult, IngestTask, WorkerData } from './messages.ts';

/** Decodes requests into rows in worker threads. */
export interface IngestPool {
  /** Groups that wait for a thread share by bytes. */
  process(task: IngestTask, group?: string): Promise<IngestResult>;
  /** Number of requests that wait for a thread. */
  readonly queueSize: number;
  /** Resolves once all accepted requests are finished. */
  close(): Promise<void>;
}

/**
 * Heap limit of a worker. It is far above the memory that decoding may need, because a worker that exceeds its limit can
 * end the process.
 */
const WORKER_HEAP_MIB = 2048;

/** One running task and one ready task, so that a worker does not wait for the main thread. */
const TASKS_PER_WORKER = 2;
/** OTLP requests compress to about an eighth, and the work depends on the decompressed size. */
const COMPRESSED_WEIGHT = 8;

export interface IngestPoolOptions {
  /** Default: the number of processors. */
  readonly workers?: number | undefined;
  /** Names of the redaction rules. */
  readonly redact?: readonly string[];
  /** No request starts while rows of other requests fill the memory. */
  readonly admission?: Pick<Admission, 'hasRoomForRows' | 'onLeave'>;
}

/** Creates worker threads behind a fair queue. */
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
      const bytes = task.decoded?.bytes ?? task.body.length;
      const weight = bytes * (task.contentEncoding === 'identity' ? 1 : COMPRESSED_WEIGHT);
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

/** Returns nothing for small buffers: they are parts of a shared pool, so they have to be copied. */
function transferable(body: Uint8Array): ArrayBuffer[] {
  const { buffer } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === body.byteLength ? [buffer] : [];
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
