import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ReadAdmission } from '../admission/read-admission.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { problem } from '../contract/problem.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { exportParquet } from '../query/export/export-parquet.ts';
import { countSelected, type ExportSelection } from '../query/export/export-selection.ts';
import { EXPORT_TEXT_FORMATS, exportTexts } from '../query/export/export-texts.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { projectScope } from '../query/project-scope.ts';
import { admittedQueries } from './admitted-queries.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

const FORMATS = [...EXPORT_TEXT_FORMATS, 'parquet'] as const;
type ExportFormat = (typeof FORMATS)[number];

const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  jsonl: 'application/x-ndjson; charset=utf-8',
  otlp: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};
const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  jsonl: 'jsonl',
  otlp: 'otlp.jsonl',
  csv: 'csv',
  parquet: 'parquet',
};

/** Exports at the same time. Each holds a few megabytes. */
const MAX_EXPORTS = 4;
/** A client that takes nothing for this long is disconnected. */
const STALLED_MS = 60_000;
/** Time limit of each query. A Parquet file is one query. */
const QUERY_SECONDS = 60;
const PARQUET_SECONDS = 600;
const MAX_IDS = 10_000;

const selection = {
  format: z
    .enum(FORMATS)
    .default('jsonl')
    .describe(
      '`jsonl`: spans with facts and content, log records and scores, one per line. `otlp`: export requests of OTLP as JSON, ' +
        'one per line. `csv` and `parquet`: the facts of spans, one row per span.',
    ),
  q: z.string().optional().describe('Filter of traces. All spans of a matching trace are exported.'),
  from: timeQuery.describe('Traces that started at or after this time, ISO 8601'),
  to: timeQuery.describe('Traces that started before this time, ISO 8601'),
};

type Given = {
  readonly format: ExportFormat;
  readonly q?: string | undefined;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  readonly traceIds?: readonly string[] | undefined;
};

export interface ExportRouteParts {
  readonly engine: Engine;
  readonly readAdmission: ReadAdmission;
}

const responses = {
  200: {
    description:
      'The export. The headers `x-throughline-traces` and `x-throughline-spans` contain the numbers of selected traces and ' +
      'spans. If reading fails later, the connection is closed before the end of the response.',
    content: Object.fromEntries(
      Object.values(CONTENT_TYPES).map((type) => [type.split(';')[0] as string, { schema: z.string() }]),
    ),
  },
  400: problem,
  422: problem,
  429: problem,
  500: problem,
  503: problem,
};

export const exportRoute: FastifyPluginAsyncZod<ExportRouteParts> = async (app, parts) => {
  const exporter = new Exporter(parts);
  const describe = {
    tags: ['traces'],
    description:
      'Exports a selection of traces as a stream. Nothing is read ahead, and closing the connection ends the export. ' +
      '`throughline import` sends `jsonl` and `otlp` to a server again.',
  };
  app.get(
    '/export',
    {
      config: { readsStore: false },
      schema: {
        ...describe,
        operationId: 'exportTraces',
        summary: 'Export traces that match a filter',
        querystring: projectQuery.extend(selection),
        response: responses as never,
      },
    },
    (request, reply) => exporter.send(request, reply, request.query),
  );
  app.post(
    '/export',
    {
      bodyLimit: 2 << 20,
      config: { readsStore: false },
      schema: {
        ...describe,
        operationId: 'exportSelectedTraces',
        summary: 'Export traces by their ids or by a filter',
        querystring: projectQuery,
        body: z
          .object({ ...selection, traceIds: z.array(z.string().min(1).max(800)).max(MAX_IDS).optional() })
          .strict(),
        response: responses as never,
      },
    },
    (request, reply) => exporter.send(request, reply, request.body),
  );
};

class Exporter {
  readonly #parts: ExportRouteParts;
  #running = 0;

  constructor(parts: ExportRouteParts) {
    this.#parts = parts;
  }

  async send(request: FastifyRequest, reply: FastifyReply, given: Given): Promise<never> {
    const { engine, readAdmission } = this.#parts;
    const { format, q, from, to, traceIds } = given;
    const selected: ExportSelection = { filter: readFilter(q), fromNs: from, toNs: to, traceIds };
    const project = projectOf(request);
    const scope = projectScope(engine, project);
    if (this.#running >= MAX_EXPORTS)
      throw new ThroughlineError(
        'overloaded',
        `${MAX_EXPORTS} exports are already running, which is the maximum.`,
      );
    this.#running++;
    let isRunning = true;
    const end = () => {
      if (isRunning) this.#running--;
      isRunning = false;
    };
    reply.raw.once('close', end);
    try {
      const signal = disconnectSignal(reply);
      const limits = { signal, maxSeconds: format === 'parquet' ? PARQUET_SECONDS : QUERY_SECONDS };
      const run = admittedQueries(readAdmission, `export ${project}`, limits);
      const { traces, spans } = await run((each) => countSelected(scope, selected, each));
      reply
        .header('x-throughline-traces', traces)
        .header('x-throughline-spans', spans)
        .header('content-disposition', `attachment; filename="${fileName(project, format)}"`)
        .type(CONTENT_TYPES[format]);
      const body =
        format === 'parquet'
          ? await parquetStream((path) => run((each) => exportParquet(scope, selected, path, each)))
          : Readable.from(watched(exportTexts(scope, selected, format, run), reply), { objectMode: false });
      return reply.send(body) as never;
    } catch (error) {
      end();
      throw error;
    }
  }
}

/** Ends the connection of a client that does not take the next piece in time. */
async function* watched(texts: AsyncGenerator<string>, reply: FastifyReply): AsyncGenerator<Buffer> {
  for await (const text of texts) {
    const stalled = setTimeout(() => reply.raw.destroy(), STALLED_MS);
    stalled.unref();
    yield Buffer.from(text);
    clearTimeout(stalled);
  }
}

/** Writes a temporary file and returns its content. The file is removed with the end of the stream. */
async function parquetStream(write: (path: string) => Promise<void>): Promise<Readable> {
  const path = join(tmpdir(), `throughline-${randomUUID()}.parquet`);
  const remove = () => rm(path, { force: true });
  try {
    await write(path);
    await stat(path);
  } catch (error) {
    await remove();
    throw error;
  }
  const stream = createReadStream(path);
  stream.once('close', () => void remove());
  return stream;
}

/** Names of files have ASCII letters, digits and a few signs. */
function fileName(project: string, format: ExportFormat): string {
  return `${project.replaceAll(/[^\w.-]+/g, '_')}-traces.${EXTENSIONS[format]}`;
}
