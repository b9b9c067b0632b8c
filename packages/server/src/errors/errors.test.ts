import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode, ThroughlineError, toProblem } from './errors.ts';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^## (\S+)\n\n\*\*(\d+)\.\*\*/gm)].map(([, code, status]) => ({
  code,
  status: Number(status),
}));

test('docs/errors.md lists every code with its status, and no other', () => {
  const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }) =>
    String(a.code).localeCompare(String(b.code));
  const inCode = Object.entries(ERRORS).map(([code, { status }]) => ({ code, status }));
  expect(documented.sort(byCode)).toEqual(inCode.sort(byCode));
});

test('only 429 and 503 may be tried again unchanged', () => {
  for (const [code, row] of Object.entries(ERRORS))
    expect([code, row.retryable]).toEqual([code, row.status === 429 || row.status === 503]);
});

test('a problem carries its code, status and the address of its page', () => {
  expect(toProblem('trace-not-found', 'No trace 4bf9 in project demo.')).toEqual({
    type: '/docs/errors.md#trace-not-found',
    title: 'The trace does not exist',
    status: 404,
    code: 'trace-not-found',
    detail: 'No trace 4bf9 in project demo.',
  });
});

test('an error keeps its cause and knows its status', () => {
  const cause = new Error('ENOSPC');
  const error = new ThroughlineError('journal-unavailable' satisfies ErrorCode, 'disk full', {
    cause,
    retryAfterSeconds: 5,
  });
  expect([error.status, error.retryable, error.retryAfterSeconds, error.cause]).toEqual([
    503,
    true,
    5,
    cause,
  ]);
});
