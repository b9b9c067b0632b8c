import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InMemoryExporter, init, shutdown } from '../index.ts';
import { activeCall, ModelCall } from './model-call.ts';
import type { Operation } from './operation.ts';
import { runWithoutProviderSpans } from './suppress.ts';
import { wrapCall } from './wrap-call.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(() => shutdown());

const operation: Operation = {
  operation: 'chat',
  kind: 'llm',
  request: (body) => ({ input: () => body }),
  response: (answer) => ({ output: () => answer }),
  stream: () => {
    const seen: unknown[] = [];
    return {
      add: (chunk) => seen.push(chunk) > 1,
      answer: () => ({ output: () => seen }),
    };
  },
};

function client(call: (...args: unknown[]) => unknown) {
  const made = { call };
  wrapCall(made, {
    method: 'call',
    where: 'test call',
    operation,
    destination: () => ({ provider: 'test' }),
  });
  return made;
}

describe('a wrapped call', () => {
  it('records input, output and destination', async () => {
    const made = { call: async () => 'answer' };
    wrapCall(made, {
      method: 'call',
      where: 'test call',
      operation,
      destination: () => ({ provider: 'test', url: 'https://models.example:8443/v1' }),
    });
    expect(await Reflect.apply(made.call, made, [{ model: 'm' }])).toBe('answer');
    expect(spans.spans[0]).toMatchObject({
      name: 'chat m',
      kind: 'llm',
      input: { model: 'm' },
      output: 'answer',
      attributes: { 'server.address': 'models.example', 'server.port': 8443, 'gen_ai.provider.name': 'test' },
    });
  });

  it('records the time of the first chunk with content and the complete stream', async () => {
    const made = client(async function* () {
      yield 'role';
      yield 'text';
    } as never);
    const seen: unknown[] = [];
    for await (const chunk of made.call({}) as AsyncIterable<unknown>) seen.push(chunk);
    expect(seen).toEqual(['role', 'text']);
    expect(spans.spans[0]).toMatchObject({ output: ['role', 'text'] });
    expect(spans.spans[0]?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['status', { status: 429 }, 429],
    ['statusCode', { statusCode: 503 }, 503],
    ['$metadata', { $metadata: { httpStatusCode: 500, attempts: 3 } }, 500],
    ['numeric code', { code: 404 }, 404],
    ['code of a system error', { code: 'ECONNRESET' }, undefined],
    ['no member', {}, undefined],
  ])('reads the status of an error from %s and throws the same error', async (_, members, status) => {
    const error = Object.assign(new RangeError('no'), members);
    await expect(client(() => Promise.reject(error)).call({})).rejects.toBe(error);
    expect(spans.spans[0]).toMatchObject({ status: 'error', errorType: 'RangeError' });
    expect(spans.spans[0]?.attributes['http.response.status_code']).toBe(status);
    expect(spans.spans[0]?.attributes['http.request.resend_count']).toBe(
      '$metadata' in members ? 2 : undefined,
    );
  });

  it('rethrows synchronous errors synchronously', () => {
    const error = new TypeError('at once');
    expect(() =>
      client(() => {
        throw error;
      }).call({}),
    ).toThrow(error);
    expect(spans.spans[0]).toMatchObject({ status: 'error', errorType: 'TypeError' });
  });

  it.each(['AbortError', 'APIUserAbortError', 'RequestAbortedError'])(
    'records %s as a cancelled call',
    async (name) => {
      const error = Object.assign(new Error('stop'), { name });
      await expect(client(() => Promise.reject(error)).call({})).rejects.toBe(error);
      expect(spans.spans[0]).toMatchObject({
        status: 'unset',
        attributes: { 'throughline.cancelled': true },
      });
    },
  );

  it('counts the attempts of the client', async () => {
    const made = client(async () => {
      activeCall()?.noteAttempt();
      await null;
      activeCall()?.noteAttempt();
      activeCall()?.noteAttempt();
    });
    await made.call({});
    expect(spans.spans[0]?.attributes['http.request.resend_count']).toBe(2);
  });
});

it('creates no span inside runWithoutProviderSpans', async () => {
  const made = client(async () => 'answer');
  expect(await runWithoutProviderSpans(() => made.call({}))).toBe('answer');
  expect(spans.spans).toEqual([]);
});

it('returns the original promise if the trace is not sampled', async () => {
  await shutdown();
  init({ exporter: spans, sampling: { rate: 0 } });
  const given = Promise.resolve('answer');
  const made = client(() => given);
  expect(made.call({})).toBe(given);
  await given;
  expect(spans.spans).toEqual([]);
});

it('records the span without their attributes if readers throw', async () => {
  const made = { call: async () => 'answer' };
  const fail = () => {
    throw new Error('reader');
  };
  wrapCall(made, {
    method: 'call',
    where: 'test call',
    operation: { ...operation, request: fail, response: fail },
    destination: () => ({ provider: 'test' }),
  });
  expect(await made.call()).toBe('answer');
  expect(spans.spans[0]).toMatchObject({ name: 'chat', status: 'unset' });
});

it('starts no call before init', async () => {
  await shutdown();
  expect(ModelCall.begin(operation, {}, () => ({ provider: 'test' }))).toBeUndefined();
});
