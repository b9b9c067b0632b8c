import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits: nobody guesses a token, so failed attempts need no limit. */
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function newShareToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** The digest that is stored instead of the token. Undefined for text that is not a token. */
export function digestOfToken(token: string): string | undefined {
  return TOKEN.test(token) ? createHash('sha256').update(token).digest('hex') : undefined;
}
