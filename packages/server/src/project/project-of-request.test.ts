import { describe, expect, test } from 'vitest';
import { projectOfApiRequest, projectOfHeaders, validProjectOfHeaders } from './project-of-request.ts';

/** A UTF-8 header value as Node returns it. */
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

describe('the project in the headers', () => {
  test.each([
    ['ASCII', { 'x-throughline-project': 'shop' }, 'shop'],
    ['UTF-8', { 'x-throughline-project': utf8('müller 漢字') }, 'müller 漢字'],
    ['Latin-1', { 'x-throughline-project': 'müller' }, 'müller'],
    [
      'binary gRPC metadata',
      { 'x-throughline-project-bin': Buffer.from('müller').toString('base64') },
      'müller',
    ],
    ['surrounding spaces', { 'x-throughline-project': ' shop ' }, 'shop'],
    ['none', {}, undefined],
  ])('is read from %s', (_what, headers, expected) => {
    expect(projectOfHeaders(headers)).toBe(expected);
    expect(projectOfApiRequest(undefined, headers)).toBe(expected ?? 'default');
  });

  test('has to have 1 to 128 printable characters', () => {
    for (const name of ['', 'x'.repeat(129), 'a\u0000b']) {
      const headers = { 'x-throughline-project': name };
      expect(() => projectOfHeaders(headers)).toThrow(
        'the header x-throughline-project is not 1 to 128 printable characters',
      );
      expect(validProjectOfHeaders(headers)).toBeUndefined();
    }
  });

  test('is overridden by the parameter of an API request', () => {
    expect(projectOfApiRequest('own', { 'x-throughline-project': 'shop' })).toBe('own');
    expect(() => projectOfApiRequest('', {})).toThrow(
      'the parameter project is not 1 to 128 printable characters',
    );
  });
});
