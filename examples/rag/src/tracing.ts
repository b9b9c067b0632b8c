import { flush, init, shutdown, stats } from '@throughline/sdk';

export interface TracingOptions {
  /** URL of a Throughline server or any OTLP/HTTP receiver, without `/v1/traces`. */
  readonly endpoint: string;
  readonly project: string;
  readonly environment: string;
  /** Default: THROUGHLINE_API_KEY. */
  readonly apiKey?: string | undefined;
}

const SENDING_MS = 10_000;

/** The only setup that tracing needs besides the wrappers. */
export function startTracing({ endpoint, project, environment, apiKey }: TracingOptions): void {
  init({
    endpoint,
    project,
    environment,
    serviceName: 'fernway-assistant',
    release: '2.4.1',
    // The demo may run inside the server's process, whose own requests must not be traced.
    http: false,
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
  });
}

/** Sends the remaining spans and stops tracing. Rejects if not all spans were accepted. */
export async function stopTracing(endpoint: string): Promise<void> {
  const isSettled = await flush(SENDING_MS);
  const { dropped, lastError } = stats() ?? {};
  await shutdown(0);
  const lost = Object.values(dropped ?? {}).reduce((sum, spans) => sum + spans, 0);
  if (!isSettled || lost > 0)
    throw new Error(`The traces could not be sent to ${endpoint}`, { cause: lastError });
}
