import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseApiKeys } from '../access/api-keys.ts';
import { parseClickHouseUrl } from '../clickhouse/server/clickhouse-address.ts';
import { parseRedactNames } from '../ingest/redaction/redact-names.ts';
import { parsePostgresUrl } from '../relational/postgres-address.ts';

/**
 * One setting of the server. The configuration, the flags of `throughline start`, its `--help` and the table in
 * `docs/operations.md` are all derived from this row.
 */
export interface Setting<T> {
  /** Environment variable: `THROUGHLINE_GRPC_PORT`. */
  readonly env: `THROUGHLINE_${string}`;
  /** Flag of `throughline start` with its argument: `--grpc-port <port>`. Absent if the setting has no flag. */
  readonly flag?: `--${string}`;
  /** Parses the text of the variable or flag. */
  readonly schema: z.ZodType<T>;
  /** Value if neither the variable nor the flag is given: text for the schema, or a value that depends on the machine or other settings. */
  readonly default: string | DerivedDefault<T>;
  readonly unit?: 'bytes';
  /** A phrase without a capital or a full stop, as printed by `--help`. */
  readonly help: string;
  /** Heading of the section in `docs/operations.md` that explains the setting: `#redaction`. */
  readonly section?: `#${string}`;
}

export interface DerivedDefault<T> {
  /** The default as printed in the documentation: `the number of processors`. */
  readonly describes: string;
  value(given: Given): T;
}

/** The settings on which the defaults of other settings depend. */
export interface Given {
  readonly port: number;
  readonly workers: number | undefined;
}

const MIB = 2 ** 20;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * Memory that the text index needs for one text of 64 MiB. Measured: with half of this amount no such text can be
 * loaded, with this amount texts with repeated words can, and with twice this amount texts of mostly unique words as well.
 */
const MIN_STORE_BYTES = 1024 * MIB;

const DEFAULT_GRPC_PORT = 4317;

const port = z.coerce.number().int().min(0).max(65535);
const yesOrNo = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
const bytes = z.coerce.number().int().min(1024);

/** All settings, in the order in which the documentation lists them. */
export const SETTINGS = {
  dataDir: setting({
    env: 'THROUGHLINE_DATA',
    flag: '--data <folder>',
    schema: z
      .string()
      .min(1)
      .transform((folder) => resolve(folder)),
    default: '.throughline',
    help: 'folder of the embedded store and the journal; only one process can use it at a time',
  }),
  host: setting({
    env: 'THROUGHLINE_HOST',
    flag: '--host <address>',
    schema: z.string().min(1),
    default: '127.0.0.1',
    help: 'address to listen on; addresses that other machines can reach need an API key or --insecure',
    section: '#access',
  }),
  apiKeys: setting({
    env: 'THROUGHLINE_API_KEY',
    flag: '--api-key <keys>',
    schema: textOf(parseApiKeys),
    default: { describes: 'none', value: () => [] },
    help: 'API key that every request has to contain; separate several keys by commas',
    section: '#access',
  }),
  insecure: setting({
    env: 'THROUGHLINE_INSECURE',
    flag: '--insecure',
    schema: yesOrNo,
    default: 'false',
    help: 'allows everyone who can reach the server to read and change all data',
    section: '#access',
  }),
  allowedHosts: setting({
    env: 'THROUGHLINE_ALLOWED_HOSTS',
    flag: '--allowed-host <hosts...>',
    schema: textOf(parseAllowedHosts),
    default: { describes: 'none', value: () => [] },
    help: 'further host names that the server accepts, separated by commas, such as *.example.com',
    section: '#access',
  }),
  port: setting({
    env: 'THROUGHLINE_PORT',
    flag: '--port <port>',
    schema: port,
    default: '4318',
    help: 'port of the web application, the API and OTLP/HTTP; 0 means any free port',
  }),
  grpcPort: setting({
    env: 'THROUGHLINE_GRPC_PORT',
    flag: '--grpc-port <port>',
    schema: port,
    default: {
      describes: `${DEFAULT_GRPC_PORT}, or 0 if the port is 0`,
      value: (given) => (given.port === 0 ? 0 : DEFAULT_GRPC_PORT),
    },
    help: 'port of OTLP/gRPC',
  }),
  shareLinks: setting({
    env: 'THROUGHLINE_SHARE_LINKS',
    flag: '--share-links',
    schema: yesOrNo,
    default: 'false',
    help: 'allows public links, each of which opens one trace without an API key',
    section: '#public-links',
  }),
  corsOrigins: setting({
    env: 'THROUGHLINE_CORS_ORIGINS',
    flag: '--cors-origin <origins...>',
    schema: textOf(parseOrigins),
    default: { describes: 'none', value: () => [] },
    help: 'origins whose pages may send scores, separated by commas, such as https://chat.example',
  }),
  maxBodyBytes: setting({
    env: 'THROUGHLINE_MAX_BODY_BYTES',
    schema: bytes,
    default: String(64 * MIB),
    unit: 'bytes',
    help: 'maximum size of one request, before and after decompression; larger requests get 413',
  }),
  maxInFlightBytes: setting({
    env: 'THROUGHLINE_MAX_IN_FLIGHT_BYTES',
    schema: bytes,
    // About one second of work, because a worker processes about 30 MB per second. A larger limit would not be faster, and
    // admitted requests would wait in the queue until their clients give up.
    default: {
      describes: '32 MiB per worker, at least 64 MiB',
      value: ({ workers = availableParallelism() }) => Math.max(64 * MIB, workers * 32 * MIB),
    },
    unit: 'bytes',
    help: 'memory for all requests in progress; above this limit requests wait, then get 429',
    section: '#overload',
  }),
  maxJournalBytes: setting({
    env: 'THROUGHLINE_MAX_JOURNAL_BYTES',
    schema: bytes,
    default: String(4096 * MIB),
    unit: 'bytes',
    help: 'disk space for acknowledged data that is not yet in the store; above this limit requests get 503',
  }),
  maxLiveStreams: setting({
    env: 'THROUGHLINE_MAX_LIVE_STREAMS',
    schema: z.coerce.number().int().min(1).max(10_000),
    default: '256',
    help: 'maximum number of open live streams, such as browser tabs with a list of traces; more get 429',
    section: '#live-streams',
  }),
  workers: setting({
    env: 'THROUGHLINE_WORKERS',
    schema: z.coerce.number().int().min(1).max(64).optional(),
    default: { describes: 'the number of processors', value: () => undefined },
    help: 'number of threads that decode and map data, 1 to 64',
  }),
  clickhouse: setting({
    env: 'THROUGHLINE_CLICKHOUSE_URL',
    flag: '--clickhouse <url>',
    schema: textOf(parseClickHouseUrl).optional(),
    default: { describes: 'the embedded store', value: () => undefined },
    help: 'a ClickHouse server that stores the data, http[s]://user:password@host:8123/database',
    section: '#a-clickhouse-server',
  }),
  postgres: setting({
    env: 'THROUGHLINE_POSTGRES',
    flag: '--postgres <url>',
    schema: textOf(parsePostgresUrl).optional(),
    default: { describes: 'a SQLite database in the data folder', value: () => undefined },
    help: 'a Postgres database for saved views, links and prices, postgres://user:password@host:5432/database',
    section: '#a-postgres-database',
  }),
  storeMemoryBytes: setting({
    env: 'THROUGHLINE_STORE_MEMORY_BYTES',
    schema: z.coerce
      .number()
      .int()
      .min(
        MIN_STORE_BYTES,
        `must be at least ${MIN_STORE_BYTES} (1 GiB), because with less the store cannot index long texts`,
      )
      .optional(),
    default: { describes: 'half of the machine, 1 to 8 GiB', value: () => undefined },
    unit: 'bytes',
    help: 'memory of the embedded store, at least 1073741824 (1 GiB)',
  }),
  redact: setting({
    env: 'THROUGHLINE_REDACT',
    flag: '--redact <rules>',
    schema: textOf(parseRedactNames),
    default: { describes: 'nothing', value: () => [] },
    help: 'kinds of private data to redact before anything is stored: all, or names separated by commas, such as email,phone',
    section: '#redaction',
  }),
  logLevel: setting({
    env: 'THROUGHLINE_LOG_LEVEL',
    schema: z.enum(LOG_LEVELS),
    default: 'info',
    help: `lowest level that is logged: ${LOG_LEVELS.join(', ')}`,
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;

/** Name of a flag as the command line parser reports it: `grpcPort` for `--grpc-port <port>`. */
export function flagName(flag: string): string {
  const [name = ''] = flag.replace(/^--/, '').split(' ');
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Keeps the literal text of the flag in the type, from which the names of all flags are derived. */
function setting<T, const F extends `--${string}`>(
  row: Omit<Setting<T>, 'flag'> & { readonly flag?: F },
): Setting<T> & { readonly flag?: F } {
  return row;
}

/** A schema from a parser that throws TypeError for invalid text. */
function textOf<T>(parse: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof TypeError ? error.message : 'not valid' });
      return z.NEVER;
    }
  });
}

/** Parses `throughline.example, *.example.com`. */
function parseAllowedHosts(text: string): readonly string[] {
  const hosts = text
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter(Boolean);
  for (const host of hosts) {
    if (!/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(host))
      throw new TypeError(
        `"${host}" is no host name such as throughline.example or *.example.com, without a port`,
      );
  }
  return hosts;
}

/** Parses `https://a.example, https://b.example`. */
function parseOrigins(text: string): readonly string[] {
  const origins = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  for (const origin of origins) {
    if (URL.parse(origin)?.origin !== origin)
      throw new TypeError(`"${origin}" is not an origin such as https://chat.example`);
  }
  return origins;
}
