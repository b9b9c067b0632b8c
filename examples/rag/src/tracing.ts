import { flush, init, shutdown, stats } from '@throughline/sdk';

export interface TracingOptions {
  /** Address of a Throughline, or of any OTLP/HTTP receiver, without `/v1/traces`. */
  readonly endpoint: string;
  readonly project: string;
  readonly environment: string;
}

const SENDING_MS = 10_000;

/** Everything that tracing takes beside the wrappers. */
export function startTracing({ endpoint, project, environment }: TracingOptions): void {
  init({
    endpoint,
    project,
    environment,
    serviceName: 'fernway-assistant',
    release: '2.4.1',
    // The demo may run in the server's own process, whose requests are none of its business.
    http: false,
  });
}

/** Sends what is left and stops tracing; rejects where not everything was accepted. */
export async function stopTracing(endpoint: string): Promise<void> {
  const isSettled = await flush(SENDING_MS);
  const { dropped, lastError } = stats() ?? {};
  await shutdown(0);
  const lost = Object.values(dropped ?? {}).reduce((sum, spans) => sum + spans, 0);
  if (!isSettled || lost > 0)
    throw new Error(`The traces could not be sent to ${endpoint}`, { cause: lastError });
}
