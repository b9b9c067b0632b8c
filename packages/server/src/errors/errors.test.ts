import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS, ThroughlineError, toProblem } from './errors.ts';
import { REJECTIONS } from './rejections.ts';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md lists every code with its HTTP status, gRPC code and retry rule, and no other code', () => {
  const documented = [...page.matchAll(/^## (\S+)\n\n\*\*(.*?)\.\*\* /gm)].map(([, code, facts]) => [
    code,
    facts,
  ]);
  const expected = Object.entries(ERRORS).map(([code, { httpStatus, grpcCode, retryAfter }]) => {
    const { minSeconds = 0, maxSeconds = 0 } = retryAfter ?? {};
    const seconds = minSeconds === maxSeconds ? minSeconds : `${minSeconds} to ${maxSeconds}`;
    const retry = retryAfter ? `, retry after ${seconds} s` : '';
    return [code, `HTTP ${httpStatus}, gRPC ${grpcCode}${retry}`];
  });
  expect(documented).toEqual(expected);
});

test('docs/errors.md lists every reason for which a single record is rejected, and no other', () => {
  const documented = [...page.matchAll(/^\| `([\w-]+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(documented).toEqual(
    Object.entries(REJECTIONS).map(([reason, row]) => [reason, row.title, row.advice]),
  );
});

test('exactly the errors with status 429 or 503 can be retried unchanged', () => {
  for (const [code, row] of Object.entries(ERRORS))
    expect([code, row.retryAfter !== undefined]).toEqual([code, [429, 503].includes(row.httpStatus)]);
});

test('every error has advice', () => {
  for (const { advice } of [...Object.values(ERRORS), ...Object.values(REJECTIONS)])
    expect(advice).toMatch(/^[A-Z].+\.$/);
});

test('a problem carries its code, status, advice and the address of its page', () => {
  expect(toProblem('invalid-cursor', 'The cursor belongs to another query.')).toEqual({
    type: '/docs/errors#invalid-cursor',
    title: 'The cursor is not valid',
    status: 400,
    code: 'invalid-cursor',
    detail: 'The cursor belongs to another query.',
    advice: 'Start again without a cursor.',
  });
});

test('an error has its cause, and the status and retry time of its code', () => {
  const cause = new Error('ENOSPC');
  const error = new ThroughlineError('journal-unavailable', 'disk full', { cause });
  expect([error.status, error.retryable, error.cause]).toEqual([503, true, cause]);
  expect(error.retryAfterSeconds).toBeOneOf([2, 3]);
  expect(new ThroughlineError('malformed-body', 'no JSON')).toMatchObject({
    status: 400,
    retryable: false,
    retryAfterSeconds: undefined,
  });
});
