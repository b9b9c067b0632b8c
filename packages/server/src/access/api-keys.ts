import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The error message for clients without a key, over HTTP and gRPC. */
export const KEY_REQUIRED =
  'This server needs its API key: send it as "Authorization: Bearer <key>" or "x-api-key: <key>".';

/** The keys that clients can use. If there are no keys, every request is allowed. */
export interface ApiKeys {
  readonly isRequired: boolean;
  /** True if the headers of an HTTP request or a gRPC call contain one of the keys. */
  allows(headers: IncomingHttpHeaders): boolean;
  /** The cookie that signs a browser in, if the text is one of the keys. */
  cookieOf(key: string): { readonly name: string; readonly value: string } | undefined;
}

/** Valid keys are too long to be guessed, and can be used in a header and in a list separated by commas. */
const KEY = /^[\x21-\x2b\x2d-\x7e]{16,512}$/;

/**
 * Parses keys separated by commas.
 *
 * @throws TypeError with the format of a key, without the key
 */
export function parseApiKeys(text: string): readonly string[] {
  const keys = text
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
  for (const key of keys) {
    if (KEY.test(key)) continue;
    throw new TypeError(
      `a key needs 16 to 512 printable ASCII characters without spaces, found ${key.length}; make one with "openssl rand -hex 24"`,
    );
  }
  return keys;
}

interface KnownKey {
  readonly digest: Buffer;
  readonly cookieName: string;
  readonly cookieValue: string;
  readonly cookieDigest: Buffer;
}

export function createApiKeys(keys: readonly string[]): ApiKeys {
  const known = keys.map(readKey);
  const find = (text: string, digestOfRow: (row: KnownKey) => Buffer): KnownKey | undefined => {
    const digest = digestOf(text);
    // All keys are compared in constant time, so that the duration of a response reveals nothing about them.
    return known.reduce<KnownKey | undefined>(
      (found, row) => (timingSafeEqual(digest, digestOfRow(row)) ? row : found),
      undefined,
    );
  };
  const isKey = (text: string) => find(text, ({ digest }) => digest) !== undefined;
  return {
    isRequired: known.length > 0,
    allows(headers) {
      if (known.length === 0) return true;
      if (keysOf(headers).some(isKey)) return true;
      const cookies = cookiesOf(headers.cookie);
      return known.some(({ cookieName, cookieDigest }) => {
        const value = cookies.get(cookieName);
        return value !== undefined && timingSafeEqual(digestOf(value), cookieDigest);
      });
    },
    cookieOf(key) {
      const row = find(key, ({ digest }) => digest);
      return row && { name: row.cookieName, value: row.cookieValue };
    },
  };
}

/**
 * The cookie contains a value derived from the key, so that the key itself is not stored in the browser. Its name differs
 * for each key: cookies do not belong to a port, and several servers may run on one machine.
 */
function readKey(key: string): KnownKey {
  const derive = (purpose: string) => createHmac('sha256', key).update(purpose).digest('base64url');
  const cookieValue = derive('throughline session 1');
  return {
    digest: digestOf(key),
    cookieName: `throughline_${derive('throughline cookie name 1').slice(0, 8)}`,
    cookieValue,
    cookieDigest: digestOf(cookieValue),
  };
}

/** Digests all have the same length, which `timingSafeEqual` requires. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Keys in `Authorization: Bearer …`, the password of `Authorization: Basic …`, and `x-api-key`. */
function keysOf(headers: IncomingHttpHeaders): string[] {
  const found = [headers['x-api-key']].flat().filter((value) => value !== undefined);
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(headers.authorization?.trim() ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') found.push(value);
  if (scheme.toLowerCase() === 'basic') {
    const login = Buffer.from(value, 'base64').toString();
    found.push(login.slice(login.indexOf(':') + 1));
  }
  return found;
}

/** Node joins several `Cookie` headers into one. Source: RFC 6265, section 4.2. */
function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  return cookies;
}
