import { expect, it } from 'vitest';
import { prefersText } from './accept.ts';

it.each([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/plain', true],
  ['text/plain, */*;q=0.1', true],
  ['application/json, text/plain, */*', false],
  ['application/json;q=0.5, text/plain;q=0.9', true],
  ['text/html, text/*;q=0.8', true],
  ['TEXT/PLAIN; Q=1', true],
  ['text/plain;q=0', false],
  ['text/plain;q=nonsense', false],
])('Accept: %s prefers text: %s', (accept, expected) => expect(prefersText(accept)).toBe(expected));
