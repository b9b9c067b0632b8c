/** Keys and values that are dangerous for code that treats them as its own. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import {
  attribute,
  type FaultServer,
  type JsonSpan,
  newSpanId,
  newTraceId,
  PROTOBUF_TYPE,
  request,
  START,
  span,
  startFaultServer,
  textAttribute,
} from './support.ts';

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer('shape');
});
afterAll(async () => {
  await server?.expectWell();
  await server?.expectNothingElse();
  await server?.stop();
});

/** Sends a span among valid ones, which have to be stored as well, and reads it. */
async function keep(sent: JsonSpan, resource?: unknown, scope?: unknown) {
  const neighbour = span({ traceId: sent.traceId, name: 'neighbour' });
  expect(await server.post({ body: request([sent, neighbour], resource, scope) })).toEqual({
    status: 200,
    text: '{}',
  });
  const trace = await server.getTrace(sent.traceId, 2);
  expect(trace.spans.map(({ name }) => name)).toContain('neighbour');
  return server.getSpan(sent);
}

const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];

describe.each(HOSTILE_KEYS)('the key %s', (key) => {
  const pollution = { kvlistValue: { values: [attribute('polluted', { boolValue: true })] } };
  const entries = [attribute(key, pollution), textAttribute('plain', 'kept')];
  const shown = (found: unknown): unknown =>
    typeof found === 'object' && found !== null && Object.hasOwn(found, key)
      ? Object.getOwnPropertyDescriptor(found, key)?.value
      : undefined;

  it.concurrent('is an ordinary key in attributes of every level', async () => {
    const nested = attribute('outer', {
      arrayValue: { values: [{ kvlistValue: { values: [attribute(key, { stringValue: 'deep' })] } }] },
    });
    const found = await keep(
      span({
        attributes: [...entries, nested],
        events: [{ name: key, timeUnixNano: String(START), attributes: entries }],
        links: [{ traceId: newTraceId(), spanId: newSpanId(), attributes: entries }],
      }),
      { attributes: entries },
      { name: key, attributes: entries },
    );
    for (const attributes of [
      found.attributes,
      found.events[0]?.attributes,
      found.links[0]?.attributes,
      found.resource.attributes,
      found.scope.attributes,
    ]) {
      expect(shown(attributes)).toEqual({ polluted: true });
      expect(attributes).toMatchObject({ plain: 'kept' });
    }
    const [inner] = found.attributes.outer as unknown[];
    expect(shown(inner)).toBe('deep');
    expect([found.events[0]?.name, found.scope.name]).toEqual([key, key]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.concurrent('is ordinary text in names of spans, models, tools, roles and projects', async () => {
    const found = await keep(
      span({
        name: key,
        attributes: [
          textAttribute('gen_ai.operation.name', 'chat'),
          textAttribute('gen_ai.provider.name', key),
          textAttribute('gen_ai.request.model', key),
          textAttribute('gen_ai.tool.name', key),
          textAttribute('user.id', key),
          textAttribute(
            'gen_ai.input.messages',
            `[{"role":"${key}","${key}":{"polluted":true},"parts":[{"type":"text","content":"hi","${key}":1}]}]`,
          ),
        ],
      }),
    );
    expect(found).toMatchObject({ name: key, kind: 'llm', model: key, userId: key });
    // Provider names are compared in lower case.
    expect(found.provider?.toLowerCase()).toBe(key.toLowerCase());
    expect(found.inputMessages).toHaveLength(1);
    expect(found.inputMessages?.[0]).toMatchObject({ role: key, parts: [{ type: 'text', content: 'hi' }] });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.concurrent('is not an index in flattened messages', async () => {
    const found = await keep(
      span({
        attributes: [
          textAttribute('openinference.span.kind', 'LLM'),
          textAttribute('llm.input_messages.0.message.role', 'user'),
          textAttribute('llm.input_messages.0.message.content', 'hello'),
          textAttribute(`llm.input_messages.${key}.message.content`, 'evil'),
          textAttribute(`llm.input_messages.0.${key}.content`, 'evil'),
          textAttribute(`gen_ai.prompt.${key}.content`, 'evil'),
          textAttribute(`gen_ai.prompt.0.${key}`, 'evil'),
        ],
      }),
    );
    expect(found.inputMessages).toMatchObject([{ role: 'user', parts: [{ content: 'hello' }] }]);
    // Attributes that could not be interpreted are stored as sent.
    expect(found.attributes).toMatchObject({ [`llm.input_messages.0.${key}.content`]: 'evil' });
    expect(Reflect.get({}, 'content')).toBeUndefined();
  });

  it.concurrent('next to the fields of the protocol is ignored', async () => {
    const sent = span({ name: 'safe' });
    const evil = `"${key}":{"name":"evil","polluted":true},"name":"safe"`;
    const body = request([sent]).replace('"name":"safe"', evil);
    expect(await server.post({ body })).toEqual({ status: 200, text: '{}' });
    expect((await server.getTrace(sent.traceId, 1)).spans.map(({ name }) => name)).toEqual(['safe']);
  });
});

describe('sparse and huge indexes cost no more than one entry', () => {
  it.concurrent.each([
    ['llm.input_messages.999999999.message.content', 'LLM'],
    ['llm.input_messages.4294967295.message.content', 'LLM'],
    ['llm.input_messages.99999999999999999999.message.content', 'LLM'],
    ['llm.input_messages.-1.message.content', 'LLM'],
    ['llm.input_messages.1e9.message.content', 'LLM'],
    ['llm.input_messages.0.message.contents.999999999.message_content.text', 'LLM'],
    ['gen_ai.prompt.999999999.content', 'LLM'],
    ['gen_ai.completion.999999999.content', 'LLM'],
    ['retrieval.documents.999999999.document.content', 'RETRIEVER'],
    ['embedding.embeddings.999999999.embedding.text', 'EMBEDDING'],
  ])('%s', async (key, kind) => {
    const sent = span({
      attributes: [textAttribute('openinference.span.kind', kind), textAttribute(key, 'far')],
    });
    const found = await keep(sent);
    for (const list of [found.inputMessages, found.outputMessages, found.documents, found.embedding?.texts])
      expect(list?.length ?? 0).toBeLessThanOrEqual(1);
    expect(found.attributes).toMatchObject({ [key]: 'far' });
  });
});

describe('attributes that contradict each other', () => {
  it('a key and a longer key with it as its prefix are two attributes', async () => {
    const found = await keep(
      span({
        attributes: [
          textAttribute('a', 'value'),
          textAttribute('a.b', 'below'),
          attribute('a.b.c', { kvlistValue: { values: [textAttribute('d', 'nested')] } }),
          textAttribute('gen_ai.prompt', 'whole'),
          textAttribute('gen_ai.prompt.0.content', 'part'),
          textAttribute('', 'no name'),
          textAttribute('..', 'dots'),
        ],
      }),
    );
    expect(found.attributes).toMatchObject({
      a: 'value',
      'a.b': 'below',
      'a.b.c': { d: 'nested' },
      'gen_ai.prompt': 'whole',
      'gen_ai.prompt.0.content': 'part',
      '': 'no name',
      '..': 'dots',
    });
  });

  it('if a key occurs twice, the last value is used', async () => {
    const found = await keep(
      span({
        attributes: [
          textAttribute('k', 'first'),
          attribute('k', { intValue: '2' }),
          textAttribute('k', 'last'),
        ],
      }),
    );
    expect(found.attributes).toEqual({ k: 'last' });
  });

  it('a key can have a different type in each span', async () => {
    const traceId = newTraceId();
    const values = [
      { stringValue: '1' },
      { intValue: '1' },
      { doubleValue: 1 },
      { boolValue: true },
      { arrayValue: {} },
      {},
    ];
    const spans = values.map((value) => span({ traceId, attributes: [attribute('k', value)] }));
    expect((await server.post({ body: request(spans) })).text).toBe('{}');
    await server.getTrace(traceId, spans.length);
    const found = await Promise.all(spans.map(async (each) => (await server.getSpan(each)).attributes.k));
    expect(found).toEqual(['1', 1, 1, true, [], null]);
  });
});

describe('sizes', () => {
  it('10,000 attributes of one span', async () => {
    const attributes = Array.from({ length: 10_000 }, (_, index) =>
      textAttribute(`key.${index}`, `value ${index}`),
    );
    const found = await keep(span({ attributes }));
    expect(Object.keys(found.attributes)).toHaveLength(10_000);
    expect(found.attributes['key.9999']).toBe('value 9999');
  });

  it('1,000 spans with ten unique keys each', async () => {
    const traceId = newTraceId();
    const spans = Array.from({ length: 1000 }, (_, index) =>
      span({
        traceId,
        attributes: Array.from({ length: 10 }, (_, key) => textAttribute(`unique.${index}.${key}`, `${key}`)),
      }),
    );
    expect((await server.post({ body: request(spans) })).text).toBe('{}');
    await server.getTrace(traceId, 1000);
    const found = await server.getSpan(spans[999] as JsonSpan);
    expect(found.attributes).toMatchObject({ 'unique.999.0': '0', 'unique.999.9': '9' });
  });

  it('a key of 1 MB', async () => {
    const key = 'k'.repeat(1_000_000);
    const found = await keep(span({ attributes: [textAttribute(key, 'value')] }));
    expect(Object.entries(found.attributes).map(([name, value]) => [name.length, value])).toEqual([
      [1_000_000, 'value'],
    ]);
  });

  it('a name of 1 MB', async () => {
    const found = await keep(span({ name: 'n'.repeat(1_000_000) }));
    expect(found.name).toBe('n'.repeat(1_000_000));
  });

  it.each(['input.value', 'blob'])('50 MB in the attribute %s', async (key) => {
    const value = 'Lorem ipsum 50 '.repeat(3_333_334);
    const sent = rawSpan({ traceId: newTraceId(), spanId: newSpanId(), attributes: { [key]: value } });
    const neighbour = rawSpan({ traceId: sent.traceId, spanId: newSpanId(), name: 'neighbour' });
    const body = encodeTracesProtobuf([sent, neighbour]);
    expect(await server.post({ body, headers: PROTOBUF_TYPE })).toEqual({ status: 200, text: '' });
    const trace = await server.getTrace(sent.traceId, 2);
    // The list stays small, because it does not contain the content.
    expect(JSON.stringify(trace).length).toBeLessThan(10_000);
    const found = await server.getSpan(sent);
    const read = key === 'input.value' ? found.input?.text : String(found.attributes[key]);
    const hash = (text = '') => createHash('sha256').update(text).digest('hex');
    expect([read?.length, hash(read)]).toEqual([value.length, hash(value)]);
  });
});
