import { describe, expect, it, test } from 'vitest';
import { createApiKeys, parseApiKeys } from './api-keys.ts';

const KEY = 'first-key-0123456789';
const OTHER = 'other:key/0123456789+';
const keys = createApiKeys([KEY, OTHER]);
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

describe('a request is allowed', () => {
  it.each([
    ['a bearer token', { authorization: `Bearer ${KEY}` }],
    ['a second key', { authorization: `Bearer ${OTHER}` }],
    ['another case of the scheme, and spaces', { authorization: `bearer   ${KEY} ` }],
    ['the password of Basic', { authorization: basic(`anybody:${KEY}`) }],
    ['a password with a colon', { authorization: basic(`:${OTHER}`) }],
    ['x-api-key', { 'x-api-key': KEY }],
    [
      'x-api-key next to the authorization of a proxy',
      { authorization: 'Bearer of-the-proxy', 'x-api-key': KEY },
    ],
  ])('with %s', (_title, headers) => expect(keys.allows(headers)).toBe(true));

  it('if it has the cookie of the sign-in, also among other cookies', () => {
    const { name, value } = keys.cookieOf(OTHER) ?? { name: '', value: '' };
    expect(keys.allows({ cookie: `a=b; ${name}=${value}; c=d` })).toBe(true);
    expect(value).not.toContain(OTHER);
  });

  it('if the server has no key, even without any header', () => {
    const none = createApiKeys([]);
    expect([none.isRequired, none.allows({})]).toEqual([false, true]);
  });
});

describe('a request is rejected', () => {
  const cookie = keys.cookieOf(KEY) ?? { name: '', value: '' };
  it.each([
    ['no header', {}],
    ['another key', { authorization: 'Bearer first-key-0123456788' }],
    ['the beginning of a key', { authorization: `Bearer ${KEY.slice(0, -1)}` }],
    ['a longer key', { 'x-api-key': `${KEY}0` }],
    ['both keys', { 'x-api-key': `${KEY},${OTHER}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['the key without a scheme', { authorization: KEY }],
    ['the key as the name of Basic', { authorization: basic(`${KEY}:x`) }],
    ['the key in a cookie', { cookie: `${cookie.name}=${KEY}` }],
    ['the cookie of another server', { cookie: `throughline_x=${cookie.value}` }],
    ['the cookie value as a key', { 'x-api-key': cookie.value }],
  ])('with %s', (_title, headers) => expect(keys.allows(headers)).toBe(false));

  it('if it has the cookie of a key that was removed', () => {
    const { name, value } = cookie;
    expect(createApiKeys([OTHER]).allows({ cookie: `${name}=${value}` })).toBe(false);
  });
});

test('keys are separated by commas', () => {
  expect(parseApiKeys(` ${KEY} ,${OTHER},`)).toEqual([KEY, OTHER]);
});

test.each(['short', 'has a space in it 0123', 'ümlaut-0123456789-abc', 'x'.repeat(513)])(
  'the key %j is rejected, and the message does not contain it',
  (key) => {
    expect(() => parseApiKeys(key)).toThrow(/needs 16 to 512 printable ASCII characters.*openssl/);
    expect(() => parseApiKeys(key)).not.toThrow(key);
  },
);
