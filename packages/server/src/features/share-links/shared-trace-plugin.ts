import type { ProjectPrices } from '@throughline/spans';
import type { FastifyInstance } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { admitReads } from '../../admission/admit-reads.ts';
import type { ReadAdmission } from '../../admission/read-admission.ts';
import type { Engine } from '../../clickhouse/engine.ts';
import type { sharedTrace } from '../../contract/share-link.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { compressReplies } from '../../http/compress-replies.ts';
import { disconnectSignal } from '../../http/disconnect-signal.ts';
import { replyWithProblem, sendProblem } from '../../http/problem-reply.ts';
import { projectScope } from '../../query/project-scope.ts';
import { getSpan } from '../../query/spans/get-span.ts';
import { getTrace, traceJson } from '../../query/traces/get-trace.ts';
import type { SharedTrace, ShareLinkStore } from './share-link-store.ts';

export interface SharedTraceParts {
  readonly engine: Engine;
  readonly readAdmission: ReadAdmission;
  readonly shareLinks: Pick<ShareLinkStore, 'find'>;
  /** The prices that a project has set, for the calculation of costs. */
  readonly pricesOf: (project: string) => ProjectPrices | undefined;
}

const token = z.string().max(100);
const id = z.string().min(1).max(800);

/**
 * The API of the page `/share/<token>`: three routes that need no key and read one trace. Register the plugin with the
 * prefix `/share/:token/api/v1`.
 *
 * The routes of a trace and of a span have the paths of the public API, so that the page uses the same code for a shared
 * trace. Project and trace come from the link alone; no parameter or header of the request can choose others.
 */
export async function sharedTracePlugin(parent: FastifyInstance, parts: SharedTraceParts): Promise<void> {
  const { engine, readAdmission, shareLinks, pricesOf } = parts;
  parent.setValidatorCompiler(validatorCompiler);
  parent.setErrorHandler(replyWithProblem);
  parent.addHook('onRoute', (route) => {
    route.config = { ...route.config, isKeyless: true };
  });
  parent.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, nofollow',
    });
  });
  admitReads(parent, readAdmission);
  await compressReplies(parent);
  const app = parent.withTypeProvider<ZodTypeProvider>();

  /** @throws ThroughlineError share-link-not-found */
  const open = async (givenToken: string): Promise<SharedTrace> => {
    const shared = await shareLinks.find(givenToken);
    if (shared) return shared;
    throw new ThroughlineError(
      'share-link-not-found',
      'This link was deleted, has expired, or never existed.',
    );
  };

  app.get(
    '/shared-trace',
    { config: { readsStore: false }, schema: { params: z.object({ token }) } },
    async (request): Promise<z.infer<typeof sharedTrace>> => {
      const { traceId, expiresAt } = await open(request.params.token);
      return { traceId, expiresAt };
    },
  );

  app.get(
    '/traces/:traceId',
    { schema: { params: z.object({ token, traceId: id }) } },
    async (request, reply) => {
      const { project, traceId } = await open(request.params.token);
      const found =
        request.params.traceId === traceId &&
        (await getTrace(projectScope(engine, project), traceId, disconnectSignal(reply)));
      if (!found) throw new ThroughlineError('trace-not-found', 'The link does not open this trace.');
      reply.type('application/json; charset=utf-8');
      // The page computes the conclusion itself. Scores and their comments are what the people of the project think of the trace.
      return reply.send(traceJson({ ...found, summary: { ...found.summary, scores: [] } }, null));
    },
  );

  app.get(
    '/traces/:traceId/spans/:spanId',
    { schema: { params: z.object({ token, traceId: id, spanId: id }) } },
    async (request, reply) => {
      const { project, traceId } = await open(request.params.token);
      const found =
        request.params.traceId === traceId &&
        (await getSpan(
          projectScope(engine, project),
          traceId,
          request.params.spanId,
          disconnectSignal(reply),
          pricesOf(project),
        ));
      if (!found) throw new ThroughlineError('span-not-found', 'The trace of this link has no such span.');
      return { ...found, scores: [] };
    },
  );

  app.all('/*', { config: { readsStore: false } }, async (_request, reply) =>
    sendProblem(reply, 'not-found', 'A shared trace has no such address.'),
  );
}
