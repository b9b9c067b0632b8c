import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { ApiKeys } from './access/api-keys.ts';
import { type AdmissionParts, admitBodies } from './admission/admit-bodies.ts';
import { type ApiParts, apiPlugin } from './api/routes.ts';
import { QueryError } from './clickhouse/query-error.ts';
import { briefly } from './errors/log-problem.ts';
import { type PriceRoutesParts, priceRoutes } from './features/prices/price-routes.ts';
import { type RepriceRoutesParts, repriceRoutes } from './features/reprice/reprice-routes.ts';
import { type ShareLinkRoutesParts, shareLinkRoutes } from './features/share-links/share-link-routes.ts';
import { sharedTracePlugin } from './features/share-links/shared-trace-plugin.ts';
import {
  type TraceDeletionRoutesParts,
  traceDeletionRoutes,
} from './features/trace-deletion/trace-deletion-routes.ts';
import { type TraceTagRoutesParts, traceTagRoutes } from './features/trace-tags/trace-tag-routes.ts';
import { type ViewRoutesParts, viewRoutes } from './features/views/view-routes.ts';
import { docsPlugin } from './http/docs/docs-plugin.ts';
import { decodeDotSegments } from './http/dot-segments.ts';
import { guardHost, type HostGuardParts } from './http/host-guard.ts';
import { replyWithProblem } from './http/problem-reply.ts';
import { requireKey } from './http/require-key.ts';
import { signInRoute } from './http/sign-in.ts';
import { type WebAppParts, webAppPlugin } from './http/web-app.ts';
import { mcpRoute } from './mcp/mcp-route.ts';
import { braintrustPlugin } from './receive/braintrust/braintrust-plugin.ts';
import { langfusePlugin } from './receive/langfuse/langfuse-plugin.ts';
import { type LangSmithParts, langSmithPlugin } from './receive/langsmith/langsmith-plugin.ts';
import { openAiAgentsPlugin } from './receive/openai-agents/openai-agents-plugin.ts';
import { type OtlpParts, otlpPlugin } from './receive/otlp-http/otlp-plugin.ts';
import { type PhoenixParts, phoenixPlugin } from './receive/phoenix/phoenix-plugin.ts';
import type { RelationalStore } from './relational/relational-store.ts';
import { type MetricsRouteParts, metricsRoute } from './self-metrics/metrics-route.ts';

/** The parts of the application. `main.ts` creates them; tests replace some of them. */
export interface AppParts
  extends HostGuardParts,
    AdmissionParts,
    OtlpParts,
    LangSmithParts,
    PhoenixParts,
    Omit<ApiParts, 'registerFeatures'>,
    ViewRoutesParts,
    PriceRoutesParts,
    RepriceRoutesParts,
    ShareLinkRoutesParts,
    TraceTagRoutesParts,
    TraceDeletionRoutesParts,
    MetricsRouteParts,
    WebAppParts {
  readonly log: FastifyBaseLogger;
  /** Problems that an operator should know about although the server works, one sentence each. */
  readonly warnings: () => readonly string[];
  readonly apiKeys: ApiKeys;
  readonly relational: Pick<RelationalStore, 'problem'>;
}

/** A request has to arrive within this time. Slow clients occupy a connection, but no memory. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Clients that send no complete headers in time get 408; checked every 2 s. */
const HEADERS_TIMEOUT_MS = 10_000;
const TIMEOUTS_CHECKED_EVERY_MS = 2_000;
/** Longer than the idle time of common load balancers, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Creates the HTTP application, which does not listen yet. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.log,
    // Handles addresses that cannot be decoded, for which no route is known.
    frameworkErrors: replyWithProblem,
    // One line per request would fill the log of a server that mostly ingests.
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: ({ url }) => decodeDotSegments(url ?? '/'),
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS },
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // Ids of other SDKs have up to 800 characters, and each can take nine characters in a URL.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 7200 },
  });

  app.setErrorHandler(replyWithProblem);
  app.addHook('onRequest', guardHost(parts));
  app.addHook('onRequest', requireKey(parts.apiKeys));
  admitBodies(app, parts);

  // Load balancers and containers can use any host name.
  app.get('/healthz', { config: { isOpen: true } }, async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    try {
      const [problem] = await Promise.all([
        parts.relational.problem(),
        parts.engine.query('SELECT 1', {}, { maxSeconds: 2 }),
      ]);
      // Traces do not need the relational store, so the server is ready without it.
      const warnings = [...parts.warnings(), ...(problem === undefined ? [] : [withoutRelational(problem)])];
      return warnings.length === 0 ? { status: 'ok' } : { status: 'ok', warnings };
    } catch (error) {
      parts.log.warn(briefly(error), 'the store does not respond');
      parts.log.debug({ err: error }, 'the store does not respond');
      const known = error instanceof QueryError && error.reason === 'unavailable';
      return reply
        .code(503)
        .send({ status: 'unavailable', store: known ? error.message : 'does not respond' });
    }
  });

  if (parts.apiKeys.isRequired) await app.register(signInRoute, parts);
  await app.register(metricsRoute, parts);
  await app.register(otlpPlugin, parts);
  await app.register(langfusePlugin, parts);
  await app.register(braintrustPlugin, parts);
  await app.register(phoenixPlugin, parts);
  await app.register(openAiAgentsPlugin, parts);
  // Some of LangSmith's addresses are pages or routes of the API, so only `/langsmith` has all of them.
  await app.register(langSmithPlugin, { ...parts, base: '/langsmith', isWhole: true });
  for (const base of ['', '/api/v1']) await app.register(langSmithPlugin, { ...parts, base, isWhole: false });
  const registerFeatures = async (api: FastifyInstance) => {
    await api.register(viewRoutes, { views: parts.views });
    const { engine, prices, currentPrices } = parts;
    await api.register(priceRoutes, { engine, prices, currentPrices });
    const { repriceJobs, repriceRunner } = parts;
    await api.register(repriceRoutes, { repriceJobs, repriceRunner });
    const { shareLinks, sharesTraces, settler, now, redactText } = parts;
    await api.register(shareLinkRoutes, { engine, shareLinks, sharesTraces });
    await api.register(traceTagRoutes, { engine, settler, now, redactText });
    await api.register(traceDeletionRoutes, { engine, settler, now });
  };
  await app.register(apiPlugin, { ...parts, registerFeatures, prefix: '/api/v1' });
  await app.register(mcpRoute, parts);
  if (parts.sharesTraces) {
    const { engine, readAdmission, shareLinks, pricesOf } = parts;
    const prefix = '/share/:token/api/v1';
    await app.register(sharedTracePlugin, { engine, readAdmission, shareLinks, pricesOf, prefix });
  }
  await app.register(docsPlugin);
  await app.register(webAppPlugin, parts);
  return app;
}

function withoutRelational(problem: string): string {
  return `Saved views, links and prices cannot be read or changed. ${problem}`;
}
