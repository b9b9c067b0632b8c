import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { ThroughlineError } from '../errors.ts';
import type { IngestResult, IngestTask } from './messages.ts';

/** Where requests are turned into rows. */
export interface IngestPool {
  process(task: IngestTask): Promise<IngestResult>;
  /** Requests that wait for a thread. */
  readonly queueSize: number;
  /** Finishes what was begun. */
  close(): Promise<void>;
}

/**
 * Memory of one worker's objects. Far above what decoding may take: a worker that runs out of it may end the process.
 */
const WORKER_HEAP_MIB = 2048;

/** Worker threads, by default as many as there are processors. */
export function createIngestPool(workers: number = availableParallelism()): IngestPool {
  const self = new URL(import.meta.url);
  const fromSource = extname(self.pathname) === '.ts';
  const pool = new Piscina<IngestTask, IngestResult>({
    filename: new URL(fromSource ? './worker.ts' : './worker.js', self).href,
    minThreads: workers,
    maxThreads: workers,
    execArgv: fromSource ? ['--conditions=throughline-source'] : [],
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
  });
  return {
    get queueSize() {
      return pool.queueSize;
    },
    async process(task) {
      try {
        return await pool.run(task, { transferList: transferable(task.body) });
      } catch (error) {
        if (isOutOfMemory(error))
          throw new ThroughlineError(
            'body-too-large',
            'the body needs more memory to decode than a worker has',
            {
              cause: error,
            },
          );
        throw error;
      }
    },
    close: () => pool.close(),
  };
}

/** Small buffers are parts of a shared pool and must be copied. */
function transferable(body: Uint8Array): ArrayBuffer[] {
  const { buffer } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === body.byteLength ? [buffer] : [];
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
