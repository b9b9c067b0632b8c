import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createApiKeys } from './access/api-keys.ts';
import { Admission } from './admission/admission.ts';
import { ReadAdmission } from './admission/read-admission.ts';
import { createApp } from './app.ts';
import type { Engine } from './clickhouse/engine.ts';
import { openStore } from './clickhouse/open-store.ts';
import { observeErrors, StoreDamage } from './clickhouse/store-damage.ts';
import { type Config, journalFolder } from './config/config.ts';
import { INSECURE_WARNING, isInsecure } from './config/exposure.ts';
import { type Clock, openClock } from './data-folder/clock.ts';
import { lockDataFolder } from './data-folder/data-lock.ts';
import { makePrivate } from './data-folder/private-folder.ts';
import { logProblem } from './errors/log-problem.ts';
import { watchPrices } from './features/prices/current-prices.ts';
import { createPriceStore } from './features/prices/price-store.ts';
import { createRepriceJobStore } from './features/reprice/reprice-job-store.ts';
import { createRepriceRunner } from './features/reprice/reprice-runner.ts';
import { createShareLinkStore } from './features/share-links/share-link-store.ts';
import { createViewStore } from './features/views/view-store.ts';
import { canonicalHost } from './http/bind-address.ts';
import { findWebDir } from './http/web-app.ts';
import { createAcceptOtlp } from './ingest/accept-otlp.ts';
import { createAcceptScores, type RedactText } from './ingest/accept-scores.ts';
import { createAcceptPatches } from './ingest/patches/accept-patches.ts';
import { awaitSpans } from './ingest/patches/await-spans.ts';
import { RecentSpans } from './ingest/patches/recent-spans.ts';
import { createIngestPool } from './ingest/pool/ingest-pool.ts';
import { IngestProblems } from './ingest/problems/ingest-problems.ts';
import { Journal } from './journal/journal.ts';
import { LiveStreams } from './live/live-streams.ts';
import { createLiveTail } from './live/live-tail.ts';
import { startLoader } from './loader/loader.ts';
import { whenLoaded } from './loader/when-loaded.ts';
import { findTargets } from './query/find-targets.ts';
import { findSpans } from './query/spans/find-spans.ts';
import { measureStoredSpans, readStoredSpans } from './query/spans/read-stored-spans.ts';
import type { AnsweredRequest } from './receive/answered-request.ts';
import { startGrpcServer } from './receive/otlp-grpc/grpc-server.ts';
import { recordRefusal } from './receive/record-refusal.ts';
import { openRelational } from './relational/open-relational.ts';
import { keepSearchTextsIndexed } from './remap/index-search-texts.ts';
import { rebuildSearchTexts } from './remap/rebuild-search-texts.ts';
import { createServerMetrics } from './self-metrics/server-metrics.ts';
import { openFinishCursor } from './settle/finish-cursor.ts';
import { createFinisher } from './settle/finisher.ts';
import { settleHistory } from './settle/settle-history.ts';
import { createSettler } from './settle/settler.ts';
import { INGEST_TABLES } from './tables/ingest-tables.ts';
import { SCHEMA_FOLDER } from './tables/schema-folder.ts';

/** A server that is listening. */
export interface RunningServer {
  /** Address of the API and OTLP/HTTP: `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Address of OTLP/gRPC: `http://127.0.0.1:4317`. */
  readonly grpcUrl: string;
  readonly engine: Engine;
  /** It is empty when everything that was acknowledged is readable. */
  readonly journal: Pick<Journal, 'isEmpty'>;
  /** Resolves with the reason if the server can no longer acknowledge data and has to be stopped. */
  readonly failed: Promise<Error>;
  /** Stops accepting, finishes requests, loads acknowledged rows, and closes the stores. */
  stop(): Promise<void>;
}

/** Closes parts in the reverse order of their opening. */
class Closers {
  readonly #closers: (() => Promise<unknown>)[] = [];
  add(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }
  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close();
  }
}

/**
 * The composition root: builds all parts and connects them.
 *
 * @throws StartupError, such as ExposureError, DataLockError, DataFolderError, ClickHouseVersionError, NewerSchemaError, JournalFolderError,
 *   GrpcListenError: messages for people
 */
export async function startServer(
  config: Config,
  log: FastifyBaseLogger = pino({ level: config.logLevel }),
): Promise<RunningServer> {
  const host = canonicalHost(config.host);
  if (isInsecure(config)) log.warn(INSECURE_WARNING);
  const apiKeys = createApiKeys(config.apiKeys);
  const closers = new Closers();
  const warn = (message: string, error: unknown) => logProblem(log, message, error);
  try {
    const lock = await lockDataFolder(config.dataDir);
    closers.add(() => lock.release());
    const unchanged = await makePrivate(config.dataDir);
    if (unchanged)
      warn(`other users can read ${unchanged.path}; its permissions cannot be changed`, unchanged.error);

    const clock = openClock(config.dataDir);
    closers.add(async () => clock.close());
    logClock(log, clock);

    const store = await openStore({
      dataDir: config.dataDir,
      memoryBytes: config.storeMemoryBytes,
      clickhouse: config.clickhouse,
      schemaFolder: SCHEMA_FOLDER,
      tables: INGEST_TABLES.map(({ name }) => name),
      log,
    });
    closers.add(() => store.close());
    const damage = new StoreDamage({
      engine: store,
      onDamaged: ({ bytes, ...part }) =>
        log.error(part, 'a part of the store is damaged; run "throughline doctor" to see what can be done'),
    });
    closers.add(async () => damage.close());
    const engine = observeErrors(store, (error) => void damage.examine(error));
    await damage.watch();

    const metrics = createServerMetrics();
    closers.add(async () => metrics.close());
    const failed = Promise.withResolvers<Error>();
    const journal = await Journal.open({
      folder: journalFolder(config),
      tables: INGEST_TABLES,
      maxBytes: config.maxJournalBytes,
      onWarning: warn,
      onCommit: metrics.onCommit,
      isOwner: () => lock.isHeld(),
      onTaken: (error) => failed.resolve(takenOver(config.dataDir, error)),
    });
    logRecovery(log, journal);
    const liveStreams = new LiveStreams({ maxStreams: config.maxLiveStreams, observer: metrics.live });
    const live = createLiveTail({
      engine,
      onSkipped: (error) => {
        metrics.live.onSkipped();
        warn(
          'The live tail could not read a loaded segment; its clients were notified that rows are missing.',
          error,
        );
      },
    });
    const finisher = createFinisher({
      engine,
      cursor: await openFinishCursor(join(config.dataDir, 'finished')),
      onFinished: live.onFinished,
      onWarning: warn,
    });
    closers.add(() => finisher.stop());
    const settler = createSettler({ engine, finisher });
    const loader = startLoader({
      journal,
      engine,
      settler,
      onLoaded: live.onLoaded,
      onWarning: warn,
      onLoad: metrics.onLoad,
    });
    closers.add(async () => {
      await journal.close();
      await loader.stop();
    });
    const settling = new AbortController();
    const history = settleHistory(engine, {
      signal: settling.signal,
      onProgress: (progress) =>
        log.info(progress, 'traces of earlier versions are being settled; lists lack some until then'),
    }).catch((error) =>
      warn('The traces of earlier versions could not be settled; the next start tries again.', error),
    );
    closers.add(async () => {
      settling.abort();
      await history;
    });
    const searching = history
      .then(() =>
        rebuildSearchTexts(engine, {
          signal: settling.signal,
          onProgress: (progress) =>
            log.info(
              progress,
              'texts of earlier versions are being prepared for search; it lacks some until then',
            ),
        }).catch((error) =>
          warn(
            'The texts of earlier versions could not be prepared for search; the next start tries again.',
            error,
          ),
        ),
      )
      .then(() =>
        keepSearchTextsIndexed(engine, {
          signal: settling.signal,
          onError: (error) =>
            warn('The text index of idle days could not be built; it is tried again in an hour.', error),
        }),
      );
    closers.add(async () => {
      settling.abort();
      await searching;
    });

    const relational = openRelational({ dataDir: config.dataDir, postgres: config.postgres, log });
    closers.add(() => relational.close());
    // Operators read in the log at once that a Postgres server cannot be used. The server starts without it.
    void relational.problem();

    const prices = createPriceStore({ relational, nowMs: Date.now });
    const isShared = config.postgres !== undefined;
    const currentPrices = await watchPrices({ store: prices, relational, isShared });
    closers.add(async () => currentPrices.stop());
    const repriceJobs = createRepriceJobStore({ relational, nowMs: Date.now });
    const repriceRunner = createRepriceRunner({
      engine,
      settler,
      jobs: repriceJobs,
      relational,
      prices: currentPrices,
      // Only one server uses a data folder, so a new process continues at once what the last one began.
      owner: isShared ? randomUUID() : 'embedded',
      whenLoaded: () => whenLoaded(journal),
      onWarning: warn,
    });
    closers.add(() => repriceRunner.stop());

    const admission = new Admission({ maxBytes: config.maxInFlightBytes });
    const pool = createIngestPool({ workers: config.workers, redact: config.redact, admission });
    closers.add(() => pool.close());
    const readAdmission = new ReadAdmission({ maxReading: engine.parallelReads });
    metrics.watch({ admission, readAdmission, pool, journal, liveStreams, damage });
    const { now } = clock;
    const startedUnixNano = now();
    const redactText = await textRedactor(config);
    const problems = new IngestProblems(redactText);
    const onAnswered = (answered: AnsweredRequest) => {
      metrics.onAnswered(answered);
      recordRefusal(problems, answered, now());
    };
    const acceptOtlp = createAcceptOtlp({
      pool,
      journal,
      problems,
      now,
      maxBodyBytes: config.maxBodyBytes,
      prices: () => currentPrices.snapshot,
      onProcessed: metrics.onProcessed,
    });

    const recent = new RecentSpans(startedUnixNano);
    const readInTurn = <Result>(read: () => Promise<Result>) => readAdmission.run('sdk endpoints', read);
    const acceptPatches = createAcceptPatches({
      recent,
      acceptOtlp,
      measureSpans: (keys) => readInTurn(() => measureStoredSpans(engine, keys)),
      readSpans: (keys) => readInTurn(() => readStoredSpans(engine, keys)),
      whenLoaded: () => whenLoaded(journal),
      now,
    });

    const app = await createApp({
      engine,
      readAdmission,
      live,
      liveStreams,
      log,
      damage,
      warnings: () => [...recoveryWarnings(journal), ...damageWarnings(damage)],
      host,
      apiKeys,
      allowedHosts: config.allowedHosts,
      webDir: findWebDir(),
      maxBodyBytes: config.maxBodyBytes,
      admission,
      acceptOtlp,
      acceptPatches,
      whenLoaded: () => whenLoaded(journal),
      findTargets: (kind, ids) => readInTurn(() => findTargets(engine, kind, ids)),
      findRun: (id) => recent.findBySpanId(id),
      awaitRuns: (ids, signal) =>
        awaitSpans(ids, {
          recent,
          signal,
          findStored: (spanIds) => readInTurn(() => findSpans(engine, spanIds, signal)),
        }),
      onAnswered,
      problems,
      recordProblem: (problem) => problems.record(problem),
      startedUnixNano,
      now,
      metrics,
      acceptScores: createAcceptScores({ journal, now, redactText }),
      settler,
      redactText,
      relational,
      views: createViewStore({ relational, nowMs: Date.now }),
      prices,
      currentPrices,
      repriceJobs,
      repriceRunner,
      pricesOf: (project) => currentPrices.of(project),
      shareLinks: createShareLinkStore({ relational, nowMs: Date.now }),
      sharesTraces: config.shareLinks,
      corsOrigins: config.corsOrigins,
    });
    closers.add(() => closeWithin(app, STOP_GRACE_MS));
    await app.listen({ host, port: config.port });
    const url = urlOf(host, app.server.address() as AddressInfo);
    const grpc = await startGrpcServer(
      { apiKeys, acceptOtlp, onAnswered, admission, log, maxBodyBytes: config.maxBodyBytes },
      { host, port: config.grpcPort },
    );
    closers.add(() => grpc.close());
    const grpcUrl = urlOf(host, grpc);
    log.info({ url, grpcUrl, dataDir: config.dataDir }, 'Throughline is ready');

    let stopping: Promise<void> | undefined;
    return {
      url,
      grpcUrl,
      engine,
      journal,
      failed: failed.promise,
      stop: () => {
        stopping ??= closers.close();
        return stopping;
      },
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** The detectors are loaded where they are wanted. */
async function textRedactor({ redact }: Config): Promise<RedactText | undefined> {
  if (redact.length === 0) return undefined;
  const [{ compileRedactor }, { redactRules }] = await Promise.all([
    import('@throughline/privacy'),
    import('./ingest/redaction/redact-rules.ts'),
  ]);
  const redactor = compileRedactor(redactRules(redact));
  return (text, key = '') => redactor(text, { key }).value;
}

/** Requests that are still arriving after this time are cut off. They were not acknowledged. */
const STOP_GRACE_MS = 5_000;

async function closeWithin(app: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(cut);
}

function logRecovery(log: FastifyBaseLogger, { recovery }: Journal): void {
  const { segments, truncatedBytes, quarantinedBytes } = recovery;
  if (segments.length > 0 || truncatedBytes > 0)
    log.info(
      { segments: segments.length, truncatedBytes },
      'the rows of the last run are being loaded from the journal',
    );
  if (quarantinedBytes > 0)
    log.error({ quarantinedBytes }, 'acknowledged rows in the journal were damaged; see journal/quarantine');
}

function damageWarnings({ parts, rows }: StoreDamage): string[] {
  if (parts.length === 0) return [];
  return [
    `${parts.length} parts of the store with ${rows} rows are damaged. Run "throughline doctor" to see what can be done.`,
  ];
}

function recoveryWarnings({ recovery: { quarantinedBytes } }: Journal): string[] {
  if (quarantinedBytes === 0) return [];
  return [
    `When the server started, ${quarantinedBytes} bytes of acknowledged rows in the journal were damaged. ` +
      'They are kept in journal/quarantine.',
  ];
}

function takenOver(dataDir: string, cause: Error): Error {
  return new Error(
    `Another process has taken over the journal in ${dataDir} or removed its files. ` +
      'This server has stopped acknowledging spans and is ending. Spans that it acknowledged are in that journal.',
    { cause },
  );
}

/** A difference of some seconds is normal if the previous process was killed a moment ago. */
const AHEAD_NS = 60_000_000_000n;

function logClock(log: FastifyBaseLogger, { aheadNs }: Clock): void {
  if (aheadNs > AHEAD_NS)
    log.warn(
      { aheadSeconds: Number(aheadNs / 1_000_000_000n) },
      'the system clock is behind the newest data of this folder; times of receipt continue from there',
    );
}

function urlOf(host: string, { port }: Pick<AddressInfo, 'port'>): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
