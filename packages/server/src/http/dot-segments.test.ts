import { expect, it } from 'vitest';
import { decodeDotSegments } from './dot-segments.ts';

it.each([
  ['/api/v1/sessions/%252E', '/api/v1/sessions/%2E'],
  ['/api/v1/sessions/%252e%252E/turns?project=%252E', '/api/v1/sessions/%2e%2E/turns?project=%252E'],
  ['/share/token/api/v1/traces/%252E%252E', '/share/token/api/v1/traces/%2E%2E'],
])('ids of only dots, encoded twice, are decoded once in the API: %s', (url, decoded) => {
  expect(decodeDotSegments(url)).toBe(decoded);
});

it.each([
  '/api/v1/sessions/%252E%252E%252E',
  '/api/v1/sessions/a%252E',
  '/assets/%252E%252E/file',
  '/api?x=/%252E',
  '',
])('other addresses stay as they are: %s', (url) => {
  expect(decodeDotSegments(url)).toBe(url);
});
