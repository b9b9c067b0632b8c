import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectOf, projectQuery } from '../../api/request-scope.ts';
import { problem } from '../../contract/problem.ts';
import { newRepriceJob, repriceJob, repriceJobList } from '../../contract/reprice-job.ts';
import type { RepriceJobStore } from './reprice-job-store.ts';
import type { RepriceRunner } from './reprice-runner.ts';

export interface RepriceRoutesParts {
  readonly repriceJobs: Pick<RepriceJobStore, 'list' | 'get' | 'cancel'>;
  readonly repriceRunner: Pick<RepriceRunner, 'start'>;
}

const params = z.object({ jobId: z.string().min(1).max(100) });
const failures = { 400: problem, 429: problem, 500: problem, 503: problem };

/** Routes of `/reprice-jobs`. */
export const repriceRoutes: FastifyPluginAsyncZod<RepriceRoutesParts> = async (app, parts) => {
  const { repriceJobs, repriceRunner } = parts;

  app.post(
    '/reprice-jobs',
    {
      config: { readsStore: true },
      schema: {
        operationId: 'startRepriceJob',
        tags: ['prices'],
        summary: 'Compute the costs of stored spans again',
        description:
          'With the prices of now, in the background. Reported costs, scores and tags stay. The run goes on after a ' +
          'restart of the server. Read it until its `state` is no longer `running`. A project has one run at a time.',
        querystring: projectQuery,
        body: newRepriceJob,
        response: { 202: repriceJob, ...failures, 409: problem, 413: problem, 422: problem },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await repriceRunner.start(projectOf(request), request.body)),
  );

  app.get(
    '/reprice-jobs',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'listRepriceJobs',
        tags: ['prices'],
        summary: 'The runs that compute costs again',
        querystring: projectQuery,
        response: { 200: repriceJobList, ...failures },
      },
    },
    async (request) => ({ jobs: await repriceJobs.list(projectOf(request)) }),
  );

  app.get(
    '/reprice-jobs/:jobId',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'getRepriceJob',
        tags: ['prices'],
        summary: 'A run that computes costs again: its progress and what changes by model',
        params,
        querystring: projectQuery,
        response: { 200: repriceJob, ...failures, 404: problem },
      },
    },
    async (request) => repriceJobs.get(projectOf(request), request.params.jobId),
  );

  app.delete(
    '/reprice-jobs/:jobId',
    {
      schema: {
        operationId: 'cancelRepriceJob',
        tags: ['prices'],
        summary: 'Cancel a run that computes costs again',
        description: 'Spans that have their new cost keep it.',
        params,
        querystring: projectQuery,
        response: { 200: repriceJob, ...failures, 404: problem },
      },
    },
    async (request) => repriceJobs.cancel(projectOf(request), request.params.jobId),
  );
};
