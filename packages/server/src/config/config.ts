import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type ClickHouseAddress, parseClickHouseUrl } from '../clickhouse/server/clickhouse-address.ts';
import { parseRedactNames } from '../ingest/redaction/redact-names.ts';

/** All that can be configured, read once at the start. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Of OTLP/gRPC. */
  readonly grpcPort: number;
  /** Origins whose pages may send scores, such as `https://chat.example`. */
  readonly corsOrigins: readonly string[];
  /** Of one request, before and after decompression. */
  readonly maxBodyBytes: number;
  /** What all requests in progress hold together; past it they wait, then 429. */
  readonly maxInFlightBytes: number;
  /** Disk budget of what is acknowledged and not loaded yet; past it 503. */
  readonly maxJournalBytes: number;
  /** Threads that decode and map. Absent: as many as there are processors. */
  readonly workers: number | undefined;
  /** The server that keeps the rows. Absent: the embedded store does, in the data folder. */
  readonly clickhouse: ClickHouseAddress | undefined;
  /** Names of the rules by which texts are redacted before they are kept. None: nothing is. */
  readonly redact: readonly string[];
  /** Memory of the embedded store, at least 1 GiB. Absent: half of the machine, between 1 and 8 GiB. */
  readonly storeMemoryBytes: number | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const DEFAULT_GRPC_PORT = 4317;
const MIB = 1 << 20;
/**
 * For the index of one text of 64 MiB, measured: with half of it none loads, with this those do whose words repeat, with
 * twice as much also one in which hardly a word comes twice.
 */
const MIN_STORE_BYTES = 1024 * MIB;
const bytes = z.coerce.number().int().min(1024);

/** `https://a.example, https://b.example` */
const origins = z.string().transform((text, context) => {
  const list = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  for (const each of list) {
    if (URL.parse(each)?.origin === each) continue;
    context.addIssue({ code: 'custom', message: `"${each}" is no origin such as https://chat.example` });
    return z.NEVER;
  }
  return list;
});

const clickhouseUrl = z.string().transform((text, context) => {
  try {
    return parseClickHouseUrl(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof TypeError ? error.message : 'not valid' });
    return z.NEVER;
  }
});

/** `email, payment-card`, or `all` */
const redact = z.string().transform((text, context) => {
  try {
    return parseRedactNames(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof TypeError ? error.message : 'not valid' });
    return z.NEVER;
  }
});

const SETTINGS = z.object({
  THROUGHLINE_DATA: z.string().min(1).default('.throughline'),
  THROUGHLINE_HOST: z.string().min(1).default('127.0.0.1'),
  THROUGHLINE_PORT: z.coerce.number().int().min(0).max(65535).default(4318),
  THROUGHLINE_GRPC_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  THROUGHLINE_CORS_ORIGINS: origins.default([]),
  THROUGHLINE_MAX_BODY_BYTES: bytes.default(64 * MIB),
  THROUGHLINE_MAX_IN_FLIGHT_BYTES: bytes.optional(),
  THROUGHLINE_MAX_JOURNAL_BYTES: bytes.default(4096 * MIB),
  THROUGHLINE_WORKERS: z.coerce.number().int().min(1).max(64).optional(),
  THROUGHLINE_CLICKHOUSE_URL: clickhouseUrl.optional(),
  THROUGHLINE_REDACT: redact.default([]),
  THROUGHLINE_STORE_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .min(
      MIN_STORE_BYTES,
      `has to be at least ${MIN_STORE_BYTES} (1 GiB): with less the store cannot index long texts`,
    )
    .optional(),
  THROUGHLINE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

/** Every variable with its default; undefined where it follows from the machine or another. */
export function settingDefaults(): Readonly<Record<string, unknown>> {
  const defaults: Readonly<Record<string, unknown>> = SETTINGS.parse({});
  return Object.fromEntries(Object.keys(SETTINGS.shape).map((name) => [name, defaults[name]]));
}

/** A setting has a value that it cannot have; the message names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * About a second of work: a worker takes some 30 MB a second. More would not be faster, but would let an admitted
 * request stand in line until its sender gives up.
 */
function defaultInFlightBytes(workers = availableParallelism()): number {
  return Math.max(64 * MIB, workers * 32 * MIB);
}

/** What the command line may say; it wins over the environment. */
export interface Flags {
  readonly data?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  readonly grpcPort?: string | number | undefined;
  readonly corsOrigin?: readonly string[] | undefined;
  readonly clickhouse?: string | undefined;
  readonly redact?: string | undefined;
}

/** @throws ConfigError */
export function readConfig(env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): Config {
  const given = {
    ...env,
    ...(flags.data === undefined ? {} : { THROUGHLINE_DATA: flags.data }),
    ...(flags.host === undefined ? {} : { THROUGHLINE_HOST: flags.host }),
    ...(flags.port === undefined ? {} : { THROUGHLINE_PORT: String(flags.port) }),
    ...(flags.grpcPort === undefined ? {} : { THROUGHLINE_GRPC_PORT: String(flags.grpcPort) }),
    ...(flags.clickhouse === undefined ? {} : { THROUGHLINE_CLICKHOUSE_URL: flags.clickhouse }),
    ...(flags.redact === undefined ? {} : { THROUGHLINE_REDACT: flags.redact }),
    ...(flags.corsOrigin === undefined ? {} : { THROUGHLINE_CORS_ORIGINS: flags.corsOrigin.join() }),
  };
  // An empty variable is one that is not set.
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const parsed = SETTINGS.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The configuration is not valid. ${problems.join('; ')}`);
  }
  const settings = parsed.data;
  return {
    dataDir: resolve(settings.THROUGHLINE_DATA),
    host: settings.THROUGHLINE_HOST,
    port: settings.THROUGHLINE_PORT,
    // Who takes any free port for the one does not expect the other to be taken.
    grpcPort: settings.THROUGHLINE_GRPC_PORT ?? (settings.THROUGHLINE_PORT === 0 ? 0 : DEFAULT_GRPC_PORT),
    corsOrigins: settings.THROUGHLINE_CORS_ORIGINS,
    maxBodyBytes: settings.THROUGHLINE_MAX_BODY_BYTES,
    maxInFlightBytes:
      settings.THROUGHLINE_MAX_IN_FLIGHT_BYTES ?? defaultInFlightBytes(settings.THROUGHLINE_WORKERS),
    maxJournalBytes: settings.THROUGHLINE_MAX_JOURNAL_BYTES,
    workers: settings.THROUGHLINE_WORKERS,
    clickhouse: settings.THROUGHLINE_CLICKHOUSE_URL,
    redact: settings.THROUGHLINE_REDACT,
    storeMemoryBytes: settings.THROUGHLINE_STORE_MEMORY_BYTES,
    logLevel: settings.THROUGHLINE_LOG_LEVEL,
  };
}

export const journalFolder = (config: Pick<Config, 'dataDir'>): string => join(config.dataDir, 'journal');
