import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import { admitReads } from '../admission/admit-reads.ts';
import type { ReadAdmission } from '../admission/read-admission.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { compressReplies } from '../http/compress-replies.ts';
import { apiReference, type OpenApiDocument } from '../http/docs/api-reference.ts';
import { sendMarkdown } from '../http/docs/docs-plugin.ts';
import { replyWithProblem, sendProblem } from '../http/problem-reply.ts';
import type { LiveStreams } from '../live/live-streams.ts';
import type { LiveTail } from '../live/live-tail.ts';
import { otelMetricRoutes } from './client-metric-routes.ts';
import { exportRoute } from './export-route.ts';
import { groupPageRoutes } from './group-page-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { type IngestProblemRoutesParts, ingestProblemRoutes } from './ingest-problem-routes.ts';
import { liveRoute } from './live-route.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { openapiInfo, withComponents } from './openapi.ts';
import { projectRoutes } from './project-routes.ts';
import { type ScoreRoutesParts, scoreRoutes } from './score-routes.ts';
import { spanRoutes } from './span-routes.ts';
import { sqlRoutes } from './sql-routes.ts';
import { type StoreDamageRouteParts, storeDamageRoute } from './store-damage-route.ts';
import { traceDiffRoute } from './trace-diff-route.ts';
import { traceDistributionRoutes } from './trace-distribution-routes.ts';
import { type TraceRoutesParts, traceRoutes } from './trace-routes.ts';

export interface ApiParts
  extends StoreDamageRouteParts,
    ScoreRoutesParts,
    IngestProblemRoutesParts,
    TraceRoutesParts {
  readonly engine: Engine;
  readonly readAdmission: ReadAdmission;
  readonly live: LiveTail;
  readonly liveStreams: LiveStreams;
  /** Registers the routes of the features. */
  readonly registerFeatures: (api: FastifyInstance) => Promise<void>;
}

/**
 * The routes below `/api/v1`. Register the plugin with that prefix.
 * The schemas determine the types of the responses, and tests check responses against them. The server does not check
 * them again, because checking 100,000 spans takes longer than reading them.
 */
export async function apiPlugin(app: FastifyInstance, parts: ApiParts): Promise<void> {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(replyWithProblem);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  admitReads(app, parts.readAdmission);
  await compressReplies(app);
  await app.register(swagger, {
    openapi: openapiInfo,
    transform: jsonSchemaTransform,
    transformObject: withComponents,
  });
  // `parts` also contains the prefix of this plugin, which Fastify would add to the routes again.
  const { engine, live, liveStreams, acceptScores, corsOrigins, problems, startedUnixNano, now, damage } =
    parts;
  await app.register(traceRoutes, { engine, now, pricesOf: parts.pricesOf });
  await app.register(traceDistributionRoutes, { engine });
  await app.register(traceDiffRoute, { engine });
  await app.register(spanRoutes, { engine });
  await app.register(groupRoutes, { engine, now });
  await app.register(groupPageRoutes, { engine, now });
  await app.register(exportRoute, { engine, readAdmission: parts.readAdmission });
  await app.register(metricsRoutes, { engine, now });
  await app.register(sqlRoutes, { engine });
  await app.register(projectRoutes, { engine });
  await app.register(scoreRoutes, { engine, acceptScores, corsOrigins });
  await app.register(otelMetricRoutes, { engine });
  await app.register(ingestProblemRoutes, { problems, startedUnixNano });
  await app.register(storeDamageRoute, { damage });
  await app.register(liveRoute, { live, liveStreams });
  await parts.registerFeatures(app);
  app.get('/openapi.json', { config: { readsStore: false }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
  app.get('/reference', { config: { readsStore: false }, schema: { hide: true } }, async (_request, reply) =>
    sendMarkdown(reply, 'api-reference', apiReference(app.swagger() as OpenApiDocument)),
  );
  app.all('/*', { config: { readsStore: false }, schema: { hide: true } }, async (request, reply) =>
    sendProblem(reply, 'not-found', `The API has no ${request.method} ${request.url.split('?')[0]}.`),
  );
}
