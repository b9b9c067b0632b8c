import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

test('without settings it is a server for this machine alone', () => {
  expect(readConfig({})).toEqual({
    dataDir: resolve('.throughline'),
    host: '127.0.0.1',
    port: 4318,
    maxBodyBytes: 64 * 2 ** 20,
    maxInFlightBytes: 512 * 2 ** 20,
    maxJournalBytes: 4 * 2 ** 30,
    workers: undefined,
    storeMemoryBytes: undefined,
    logLevel: 'info',
  });
});

test('the command line wins over the environment, and an empty variable is none', () => {
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
])('a setting that cannot be is named: %j', (env, message) => {
  expect(() => readConfig(env)).toThrow(ConfigError);
  expect(() => readConfig(env)).toThrow(message);
});
