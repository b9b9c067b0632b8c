import { Counter, Gauge, type Registry } from 'prom-client';
import type { LiveObserver } from '../live/live-streams.ts';

/** Counts events of the live streams. */
export interface LiveMetrics extends LiveObserver {
  /** Rows of a loaded segment could not be read in time, so all listeners got the event `lagged`. */
  readonly onSkipped: () => void;
}

export interface WatchedStreams {
  readonly count: number;
  readonly bytes: number;
}

export function addLiveMetrics(registry: Registry): LiveMetrics {
  const counter = (name: string, help: string) =>
    new Counter({ name: `throughline_live_${name}`, help, registers: [registry] });
  const sent = counter('sent_bytes_total', 'Size of events sent to live streams');
  const lagged = counter('lagged_total', 'Events lagged sent to slow clients');
  const dropped = counter('dropped_rows_total', 'Rows that slow clients missed');
  const skipped = counter('skipped_segments_total', 'Loaded segments that could not be read in time');
  const refused = counter('refused_total', 'Streams rejected with 429');
  return {
    onSent: (bytes) => sent.inc(bytes),
    onLagged: (rows) => {
      lagged.inc();
      dropped.inc(rows);
    },
    onSkipped: () => skipped.inc(),
    onRefused: () => refused.inc(),
  };
}

export function addLiveGauges(registry: Registry, streams: WatchedStreams): void {
  const rows: readonly (readonly [name: string, help: string, read: () => number])[] = [
    ['streams', 'Open live streams', () => streams.count],
    ['buffered_bytes', 'Size of events not yet sent to live streams', () => streams.bytes],
  ];
  for (const [name, help, read] of rows)
    new Gauge({
      name: `throughline_live_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
}
