import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import { admitReads } from '../admission/admit-reads.ts';
import type { ReadAdmission } from '../admission/read-admission.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { apiReference, type OpenApiDocument } from '../http/docs/api-reference.ts';
import { sendMarkdown } from '../http/docs/docs-plugin.ts';
import { replyWithProblem, sendProblem } from '../http/problem-reply.ts';
import type { LiveStreams } from '../live/live-streams.ts';
import type { LiveTail } from '../live/live-tail.ts';
import { otelMetricRoutes } from './client-metric-routes.ts';
import { type IngestProblemRoutesParts, ingestProblemRoutes } from './ingest-problem-routes.ts';
import { liveRoute } from './live-route.ts';
import { openapiInfo, withComponents } from './openapi.ts';
import { projectRoutes } from './project-routes.ts';
import { type ScoreRoutesParts, scoreRoutes } from './score-routes.ts';
import { type StoreDamageRouteParts, storeDamageRoute } from './store-damage-route.ts';
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
}

/**
 * `/api/v1`. Register with that prefix.
 * What routes answer is typed by their schemas and checked against them in tests; checking 100,000 spans again for
 * every request would take longer than reading them.
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
  await app.register(compress, {
    globalDecompression: false,
    encodings: ['zstd', 'br', 'gzip'],
    // Higher levels take longer than the network of most readers saves.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 4 },
    // 4 MiB take some milliseconds at once; as a stream, 64 kB at a time, each waits for a thread.
    syncThreshold: 4 * 1024 * 1024,
  });
  await app.register(swagger, {
    openapi: openapiInfo,
    transform: jsonSchemaTransform,
    transformObject: withComponents,
  });
  // Without the prefix that `parts` brings: it would be put before the routes a second time.
  const { engine, live, liveStreams, acceptScores, corsOrigins, problems, startedUnixNano, now, damage } =
    parts;
  await app.register(traceRoutes, { engine, now });
  await app.register(projectRoutes, { engine });
  await app.register(scoreRoutes, { engine, acceptScores, corsOrigins });
  await app.register(otelMetricRoutes, { engine });
  await app.register(ingestProblemRoutes, { problems, startedUnixNano });
  await app.register(storeDamageRoute, { damage });
  await app.register(liveRoute, { live, liveStreams });
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
