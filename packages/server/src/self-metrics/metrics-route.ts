import type { FastifyInstance } from 'fastify';
import { guardHost } from '../http/host-guard.ts';
import type { ServerMetrics } from './server-metrics.ts';

export interface MetricsRouteParts {
  readonly metrics: Pick<ServerMetrics, 'contentType' | 'print'>;
  readonly host: string;
}

/** `GET /metrics`, for Prometheus. */
export async function metricsRoute(
  app: FastifyInstance,
  { metrics, host }: MetricsRouteParts,
): Promise<void> {
  app.get('/metrics', { onRequest: guardHost(host) }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.print()),
  );
}
