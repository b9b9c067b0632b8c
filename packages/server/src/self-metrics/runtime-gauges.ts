import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

const RESOLUTION_MS = 20;

/**
 * Gauges for memory, processor time and event loop lag, with the usual names for Node. The gauges of prom-client are not
 * used, because their observers cannot be stopped.
 */
export function addRuntimeGauges(registry: Registry): { close(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startedSeconds = (Date.now() - process.uptime() * 1000) / 1000;
  /** The lag of a delay, which is measured from tick to tick: the part that exceeds one tick. */
  const lag = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000) : 0;
  const rows: readonly (readonly [name: string, help: string, read: () => number])[] = [
    [
      'process_resident_memory_bytes',
      'Memory of the whole process, including the store',
      () => process.memoryUsage.rss(),
    ],
    [
      'nodejs_heap_size_used_bytes',
      'JavaScript heap of the main thread',
      () => process.memoryUsage().heapUsed,
    ],
    ['nodejs_external_memory_bytes', 'Buffers of the main thread', () => process.memoryUsage().external],
    ['process_start_time_seconds', 'Start of the process in seconds since 1970', () => startedSeconds],
    [
      'nodejs_eventloop_lag_p99_seconds',
      'Since the last time that this was asked',
      () => lag(delay.percentile(99)),
    ],
    [
      'nodejs_eventloop_lag_max_seconds',
      'Since the last time that this was asked',
      () => {
        const longest = lag(delay.max);
        delay.reset();
        return longest;
      },
    ],
  ];
  for (const [name, help, read] of rows)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  return { close: () => void delay.disable() };
}
