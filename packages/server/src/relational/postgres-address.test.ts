import { describe, expect, test } from 'vitest';
import { parsePostgresUrl } from './postgres-address.ts';

describe('the address of a Postgres database', () => {
  test('contains user, password, port, database and TLS', () => {
    expect(
      parsePostgresUrl('postgres://ann:p%40ss%2Fword@db.example:6432/traces?sslmode=verify-full'),
    ).toEqual({
      url: 'postgres://db.example:6432/traces',
      host: 'db.example',
      port: 6432,
      user: 'ann',
      password: 'p@ss/word',
      database: 'traces',
      tls: 'verify-full',
    });
  });

  test('has defaults for everything but the host', () => {
    expect(parsePostgresUrl('postgresql://[::1]')).toEqual({
      url: 'postgres://[::1]:5432/throughline',
      host: '::1',
      port: 5432,
      user: 'throughline',
      password: '',
      database: 'throughline',
      tls: 'disable',
    });
  });

  test.each([
    ['mysql://db.example/x', 'expected an address such as postgres://'],
    ['db.example', 'expected an address such as postgres://'],
    ['postgres:///x', 'expected an address such as postgres://'],
    ['postgres://a:secret@db/x?sslmode=maybe', 'sslmode is one of disable, require, verify-full'],
    ['postgres://a:secret@db/x?options=-c', 'unknown parameter "options"'],
    ['postgres://a:secret@db/x/y', 'must end with the name of the database'],
    ['postgres://a:secret%@db/x', 'has to be written as %25'],
  ])('%s is rejected without its password', (text, message) => {
    expect(() => parsePostgresUrl(text)).toThrow(message);
    expect(() => parsePostgresUrl(text)).not.toThrow('secret');
  });
});
