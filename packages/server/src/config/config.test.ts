import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { settingsTable } from './settings-text.ts';

test('without settings the server is reachable from this machine only', () => {
  expect(readConfig({})).toEqual({
    dataDir: resolve('.throughline'),
    host: '127.0.0.1',
    apiKeys: [],
    insecure: false,
    allowedHosts: [],
    port: 4318,
    grpcPort: 4317,
    corsOrigins: [],
    maxBodyBytes: 64 * 2 ** 20,
    maxInFlightBytes: Math.max(2, availableParallelism()) * 32 * 2 ** 20,
    maxJournalBytes: 4 * 2 ** 30,
    maxLiveStreams: 256,
    workers: undefined,
    clickhouse: undefined,
    postgres: undefined,
    shareLinks: false,
    redact: [],
    storeMemoryBytes: undefined,
    logLevel: 'info',
  });
});

test('flags override the environment, and an empty variable counts as not set', () => {
  const env = {
    THROUGHLINE_DATA: '/data',
    THROUGHLINE_PORT: '1',
    THROUGHLINE_HOST: '',
    THROUGHLINE_WORKERS: '3',
  };
  expect(readConfig(env, { port: '8080' })).toMatchObject({
    dataDir: '/data',
    port: 8080,
    host: '127.0.0.1',
    workers: 3,
  });
});

test.each([
  [{ THROUGHLINE_PORT: '70000' }, /THROUGHLINE_PORT: /],
  [{ THROUGHLINE_PORT: 'http' }, /THROUGHLINE_PORT: /],
  [{ THROUGHLINE_LOG_LEVEL: 'loud' }, /THROUGHLINE_LOG_LEVEL: /],
  [{ THROUGHLINE_MAX_BODY_BYTES: '-1' }, /THROUGHLINE_MAX_BODY_BYTES: /],
  [
    { THROUGHLINE_STORE_MEMORY_BYTES: '536870912' },
    /THROUGHLINE_STORE_MEMORY_BYTES: must be at least 1073741824 \(1 GiB\)/,
  ],
])('an invalid setting is named in the error: %j', (env, message) => {
  expect(() => readConfig(env)).toThrow(ConfigError);
  expect(() => readConfig(env)).toThrow(message);
});

test('a store of 1 GiB is large enough', () => {
  expect(readConfig({ THROUGHLINE_STORE_MEMORY_BYTES: String(2 ** 30) }).storeMemoryBytes).toBe(2 ** 30);
});

test('the memory limit of requests in progress grows with the number of workers', () => {
  const bound = (env: Record<string, string>) => readConfig(env).maxInFlightBytes / 2 ** 20;
  expect(['1', '2', '16'].map((THROUGHLINE_WORKERS) => bound({ THROUGHLINE_WORKERS }))).toEqual([
    64, 64, 512,
  ]);
  expect(bound({ THROUGHLINE_WORKERS: '16', THROUGHLINE_MAX_IN_FLIGHT_BYTES: '1048576' })).toBe(1);
});

describe('the port of gRPC', () => {
  test.each([
    ['is 4317 by default', {}, {}, 4317],
    ['is 0 if the port of HTTP is 0', {}, { port: 0 }, 0],
    ['comes from the environment', { THROUGHLINE_GRPC_PORT: '5317' }, {}, 5317],
    [
      'comes from the command line if both are given',
      { THROUGHLINE_GRPC_PORT: '5317' },
      { grpcPort: '6317' },
      6317,
    ],
    ['can be set although the port of HTTP is 0', {}, { port: 0, grpcPort: 6317 }, 6317],
  ])('%s', (_what, env, flags, expected) => {
    expect(readConfig(env, flags).grpcPort).toBe(expected);
  });

  test.each(['70000', '-1', 'x'])('rejects %s', (port) => {
    expect(() => readConfig({ THROUGHLINE_GRPC_PORT: port })).toThrow(ConfigError);
  });
});

describe('the ClickHouse server', () => {
  test.each([
    [
      'http://writer:p%40ss%2F@clickhouse.example:8123/traces',
      { url: 'http://clickhouse.example:8123', user: 'writer', password: 'p@ss/', database: 'traces' },
    ],
    [
      'https://clickhouse.example',
      { url: 'https://clickhouse.example', user: 'default', password: '', database: 'throughline' },
    ],
  ])('is parsed from %s', (url, expected) => {
    expect(readConfig({ THROUGHLINE_CLICKHOUSE_URL: url }).clickhouse).toEqual(expected);
    expect(
      readConfig({ THROUGHLINE_CLICKHOUSE_URL: 'http://other' }, { clickhouse: url }).clickhouse,
    ).toEqual(expected);
  });

  test.each([
    'tcp://u:secret@host:9000/db',
    'clickhouse.example:8123',
    'http://u:secret@host:port/db',
    'http://u:secret@host/db/more',
    'http://u:secret@host/db?user=x',
    'http://u:sec%ret@host/db',
    'http://u:secret@host/d`b',
  ])('rejects %s without printing the password', (url) => {
    expect(() => readConfig({ THROUGHLINE_CLICKHOUSE_URL: url })).toThrow(
      /THROUGHLINE_CLICKHOUSE_URL: (?!.*sec)/,
    );
  });
});

describe('the redaction setting', () => {
  test.each([
    ['email, paymentCard', ['email', 'payment-card']],
    ['phone,card,email', ['email', 'payment-card', 'phone']],
    [
      'email,all',
      [
        'private-key',
        'jwt',
        'api-key',
        'authorization',
        'webhook-url',
        'url-credentials',
        'url-parameter',
        'sensitive-key',
        'assigned-secret',
        'command-secret',
        'cookie',
        'email',
        'iban',
        'payment-card',
        'us-ssn',
        'ipv4',
        'ipv6',
        'phone',
      ],
    ],
    ['', []],
  ])('%s', (names, expected) => {
    expect(readConfig({ THROUGHLINE_REDACT: names }).redact).toEqual(expected);
    expect(readConfig({ THROUGHLINE_REDACT: 'iban' }, { redact: names || 'iban' }).redact).toEqual(
      expected.length === 0 ? ['iban'] : expected,
    );
  });

  test.each(['names', 'toString', 'e-mail'])('rejects %s and lists the known rules', (name) => {
    expect(() => readConfig({ THROUGHLINE_REDACT: `email,${name}` })).toThrow(
      `THROUGHLINE_REDACT: "${name}" is not known; expected all, or some of private-key, jwt, api-key, `,
    );
  });
});

describe('origins that may send scores', () => {
  test.each([
    ['the default is an empty list', {}, {}, []],
    [
      'a list in the environment',
      { THROUGHLINE_CORS_ORIGINS: 'https://a.example, http://localhost:3000,' },
      {},
      ['https://a.example', 'http://localhost:3000'],
    ],
    ['the command line', {}, { corsOrigin: ['https://a.example'] }, ['https://a.example']],
  ])('%s', (_what, env, flags, expected) => {
    expect(readConfig(env, flags).corsOrigins).toEqual(expected);
  });

  test.each(['*', 'a.example', 'https://a.example/', 'https://a.example/chat', 'null'])(
    'refuses %s',
    (origin) => {
      expect(() => readConfig({ THROUGHLINE_CORS_ORIGINS: origin })).toThrow(
        `"${origin}" is not an origin such as https://chat.example`,
      );
    },
  );
});

test('every invalid setting is reported at once', () => {
  expect(() => readConfig({ THROUGHLINE_PORT: 'http', THROUGHLINE_WORKERS: '0' })).toThrow(
    /THROUGHLINE_PORT: .*; THROUGHLINE_WORKERS: /,
  );
});

test('docs/operations.md shows the table of settings; npm run docs writes it', async () => {
  const page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
  expect(page).toContain(settingsTable());
});
