import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { type ingestProblem, ingestProblemList } from '../contract/ingest-problem.ts';
import { problem } from '../contract/problem.ts';
import { isoTimestampOf } from '../contract/timestamps.ts';
import { ERRORS } from '../errors/errors.ts';
import { REJECTIONS } from '../errors/rejections.ts';
import { WARNINGS } from '../errors/warnings.ts';
import type { IngestTask } from '../ingest/pool/messages.ts';
import type { IngestProblem, IngestProblems } from '../ingest/problems/ingest-problems.ts';
import { projectOf, projectQuery } from './request-scope.ts';

export interface IngestProblemRoutesParts {
  readonly problems: Pick<IngestProblems, 'list'>;
  /** When counting began, nanoseconds since 1970. */
  readonly startedUnixNano: bigint;
}

const SIGNAL_NAMES: Readonly<Record<IngestTask['kind'], 'traces' | 'logs' | 'metrics'>> = {
  'otlp-traces': 'traces',
  'otlp-logs': 'logs',
  'otlp-metrics': 'metrics',
};

export const ingestProblemRoutes: FastifyPluginAsyncZod<IngestProblemRoutesParts> = async (
  app,
  { problems, startedUnixNano },
) => {
  app.get(
    '/ingest/problems',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'listIngestProblems',
        tags: ['ingest'],
        summary: 'Rejected and doubtful data since the server started, the latest first',
        description:
          'Counts by signal and reason, with the latest examples. They are kept in memory and lost at a restart. Problems ' +
          'of requests whose project is not known are listed in every project.',
        querystring: projectQuery,
        response: { 200: ingestProblemList, 400: problem, 500: problem },
      },
    },
    async (request) => ({
      since: isoTimestampOf(startedUnixNano),
      problems: problems.list(projectOf(request)).map(toApi),
    }),
  );
};

/** Requests that are rejected as a whole have an error code; single records have a rejection reason or a warning reason. */
function meaningOf(
  reason: IngestProblem['reason'],
): Pick<z.infer<typeof ingestProblem>, 'title' | 'advice' | 'stored' | 'counts'> {
  if (isKey(WARNINGS, reason)) return { ...WARNINGS[reason], stored: true, counts: 'records' };
  if (isKey(REJECTIONS, reason)) return { ...REJECTIONS[reason], stored: false, counts: 'records' };
  const { title, advice } = ERRORS[reason];
  return { title, advice, stored: false, counts: 'requests' };
}

function isKey<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}

function toApi(found: IngestProblem): z.infer<typeof ingestProblem> {
  const { project, signal, reason, count, firstUnixNano, lastUnixNano, samples } = found;
  return {
    project: project ?? null,
    signal: SIGNAL_NAMES[signal],
    reason,
    ...meaningOf(reason),
    count,
    firstTime: isoTimestampOf(firstUnixNano),
    lastTime: isoTimestampOf(lastUnixNano),
    samples: samples.map(({ message, timeUnixNano, name, sdk, userAgent }) => ({
      message,
      time: isoTimestampOf(timeUnixNano),
      name: name ?? null,
      sdk: sdk ?? null,
      userAgent: userAgent ?? null,
    })),
  };
}
