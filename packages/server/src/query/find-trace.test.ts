import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { findTrace } from './find-trace.ts';

let store: TestStore;
const ONE = `0123abcd${'1'.repeat(24)}`;
const OTHER = `0123abce${'1'.repeat(24)}`;
beforeAll(async () => {
  store = await openTestStore();
  await store.insertSpans(
    { project: 'shop', trace_id: ONE, span_id: 'a' },
    { project: 'copy', trace_id: ONE, span_id: 'a' },
    { project: 'copy', trace_id: ONE, span_id: 'b' },
    { project: 'shop', trace_id: OTHER, span_id: 'a' },
    { project: 'shop', trace_id: 'own-id-12345', span_id: 'a' },
  );
});
afterAll(() => store.close());

test('a trace is found by its id or its first characters, with the projects that have it', async () => {
  const found = { traceId: ONE, projects: ['copy', 'shop'] };
  expect(await findTrace(store.engine, ONE)).toEqual(found);
  expect(await findTrace(store.engine, '0123abcd')).toEqual(found);
  expect(await findTrace(store.engine, '0123ABCD1')).toEqual(found);
  expect(await findTrace(store.engine, ONE.slice(0, 31))).toEqual(found);
});

test('too few characters, other characters and ids of other SDKs are not completed', async () => {
  for (const id of ['0123abc', '0123abc%', '1111111111', 'own-id-1', `${ONE}1`])
    expect(await findTrace(store.engine, id)).toBeUndefined();
  expect(await findTrace(store.engine, 'own-id-12345')).toEqual({
    traceId: 'own-id-12345',
    projects: ['shop'],
  });
});

test('characters that several ids begin with are rejected', async () => {
  await store.insertSpans({ project: 'p', trace_id: `0123abcd${'2'.repeat(24)}`, span_id: 'a' });
  await expect(findTrace(store.engine, '0123abcd')).rejects.toMatchObject({
    code: 'invalid-request',
    message: 'Several traces have an id that begins with "0123abcd". Give more characters of it.',
  });
  expect(await findTrace(store.engine, '0123abcd1')).toMatchObject({ traceId: ONE });
});
