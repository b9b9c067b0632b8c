import type { FastifyInstance } from 'fastify';
import type { ServerMetrics } from './server-metrics.ts';

export interface MetricsRouteParts {
  readonly metrics: Pick<ServerMetrics, 'contentType' | 'print'>;
}

/** Serves `GET /metrics` for Prometheus. */
export async function metricsRoute(app: FastifyInstance, { metrics }: MetricsRouteParts): Promise<void> {
  app.get('/metrics', async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.print()),
  );
}
