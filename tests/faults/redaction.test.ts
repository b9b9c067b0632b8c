/** Redacted values appear neither in the data of the server, nor in its responses, nor in its log. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import {
  attribute,
  type FaultServer,
  JSON_TYPE,
  newSpanId,
  newTraceId,
  request,
  START,
  span,
  startFaultServer,
  textAttribute,
} from './support.ts';

const SECRETS = {
  email: 'ada.lovelace@example.com',
  'payment-card': '4242 4242 4242 4242',
  'api-key': 'sk-proj-Ab3dEf6hIj9lMn2pQr5t',
  phone: '+44 20 7946 0958',
};
const EVERYTHING = Object.values(SECRETS).join(', ');

let server: FaultServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

function everywhere() {
  const attributes = [
    textAttribute('input.value', `Tell ${EVERYTHING}`),
    textAttribute('user.id', SECRETS.email),
    textAttribute('gen_ai.request.model', 'gpt-4o'),
    textAttribute(
      'throughline.documents.used',
      JSON.stringify([{ spanId: '4242424242424242', index: 0 }, { id: SECRETS.email }]),
    ),
    attribute('gen_ai.usage.input_tokens', { intValue: '1000' }),
    textAttribute('gen_ai.operation.name', 'chat'),
    textAttribute(
      'gen_ai.input.messages',
      JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: EVERYTHING }] }]),
    ),
    attribute('deep', {
      kvlistValue: { values: [attribute('list', { arrayValue: { values: [{ stringValue: EVERYTHING }] } })] },
    }),
  ];
  return { attributes, plain: [textAttribute('note', EVERYTHING)] };
}

/** All files below a folder that contain one of the secrets. */
async function leaksIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
    for (const secret of Object.values(SECRETS))
      if (bytes.includes(secret)) found.push(`${secret} in ${entry.name}`);
  }
  return found;
}

test('without the setting everything is stored unchanged, and the search for secrets finds it', async () => {
  server = await startFaultServer('unredacted');
  const sent = span({ attributes: everywhere().attributes });
  await server.post({ body: request([sent]) });
  await server.getTrace(sent.traceId, 1);
  expect((await server.getSpan(sent)).input?.text).toBe(`Tell ${EVERYTHING}`);
  expect((await leaksIn(server.dataDir)).length).toBeGreaterThanOrEqual(Object.keys(SECRETS).length);
});

test('spans, log records, metrics and scores over every transport leave no secret behind', async () => {
  server = await startFaultServer('redaction', { THROUGHLINE_REDACT: 'all' });
  const { attributes, plain } = everywhere();
  const sent = span({
    name: `ask ${SECRETS.email}`,
    attributes,
    status: { code: 2, message: `failed for ${SECRETS.email}` },
    events: [{ name: 'note', timeUnixNano: String(START), attributes: plain }],
    links: [{ traceId: newTraceId(), spanId: newSpanId(), attributes: plain }],
  });
  const scope = {
    name: `scope of ${SECRETS.email}`,
    version: `1.2.3.4 for ${SECRETS.email}`,
    attributes: plain,
  };
  const listening: string[] = [];
  const live = new AbortController();
  const stream = await fetch(`${server.url}/api/v1/live?project=redaction`, { signal: live.signal });
  const listened = (async () => {
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>)
      listening.push(Buffer.from(chunk).toString());
  })().catch(() => {});

  expect(await server.post({ body: request([sent], { attributes: plain }, scope) })).toEqual({
    status: 200,
    text: '{}',
  });
  const overGrpc = rawSpan({
    traceId: sent.traceId,
    spanId: newSpanId(),
    name: 'over gRPC',
    attributes: { 'input.value': EVERYTHING },
  });
  const client = new Client(new URL(server.grpcUrl).host, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-throughline-project', server.project);
  await new Promise<void>((resolve, reject) =>
    client.makeUnaryRequest(
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      (bytes: Buffer) => bytes,
      (bytes) => bytes,
      Buffer.from(encodeTracesProtobuf([overGrpc])),
      metadata,
      (error) => (error ? reject(error) : resolve()),
    ),
  );
  client.close();
  const record = {
    eventName: 'gen_ai.user.message',
    severityText: EVERYTHING,
    timeUnixNano: String(START),
    traceId: sent.traceId,
    spanId: sent.spanId,
    body: { kvlistValue: { values: [textAttribute('content', EVERYTHING)] } },
    attributes: plain,
  };
  const logs = JSON.stringify({
    resourceLogs: [{ resource: { attributes: plain }, scopeLogs: [{ scope, logRecords: [record] }] }],
  });
  expect(await server.post({ body: logs, path: '/v1/logs' })).toEqual({ status: 200, text: '{}' });
  const point = {
    asInt: '1',
    timeUnixNano: String(START),
    attributes: plain,
    exemplars: [{ asInt: '1', timeUnixNano: String(START), filteredAttributes: plain }],
  };
  const metrics = JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: plain },
        scopeMetrics: [
          {
            scope,
            metrics: [
              {
                name: `gen_ai.calls of ${SECRETS.email}`,
                unit: SECRETS.email,
                description: EVERYTHING,
                gauge: { dataPoints: [point] },
              },
            ],
          },
        ],
      },
    ],
  });
  expect(await server.post({ body: metrics, path: '/v1/metrics' })).toEqual({ status: 200, text: '{}' });
  const score = {
    name: `helpful to ${SECRETS.email}`,
    value: EVERYTHING,
    label: EVERYTHING,
    unit: SECRETS.email,
    source: SECRETS.email,
    evaluator: SECRETS.email,
    comment: EVERYTHING,
    metadata: { by: EVERYTHING },
  };
  const scored = await server.post({
    body: JSON.stringify([
      { ...score, traceId: sent.traceId },
      { ...score, sessionId: SECRETS.email },
    ]),
    headers: JSON_TYPE,
    path: '/api/v1/scores?project=redaction',
  });
  expect([scored.status, scored.text]).toEqual([200, expect.any(String)]);
  const bad = span({ name: SECRETS.email, traceId: '', attributes: [textAttribute('a', EVERYTHING)] });
  await server.post({ body: request([bad]) });
  const userAgent = { 'user-agent': `client of ${EVERYTHING}`, ...JSON_TYPE };
  await server.post({ body: `{"resourceSpans": ${EVERYTHING}`, headers: userAgent });
  await server.post({ body: EVERYTHING, headers: { ...userAgent, 'content-type': EVERYTHING } });
  await server.post({ body: '', headers: { ...userAgent, 'content-encoding': EVERYTHING } });

  const trace = await server.getTrace(sent.traceId, 2);
  const found = await server.getSpan(sent);
  expect(found).toMatchObject({
    name: 'ask [EMAIL]',
    statusMessage: 'failed for [EMAIL]',
    model: 'gpt-4o',
    inputTokens: 1000,
    userId: '[EMAIL]',
    input: { text: expect.stringContaining('[EMAIL], [CARD], [API_KEY], [PHONE]') },
    attributes: { deep: { list: ['[EMAIL], [CARD], [API_KEY], [PHONE]'] } },
    scope: { name: 'scope of [EMAIL]', version: '1.2.3.4 for [EMAIL]' },
    traceId: sent.traceId,
    spanId: sent.spanId,
  });
  const problems = await (await fetch(`${server.url}/api/v1/ingest/problems?project=redaction`)).text();
  expect(problems).toContain('invalid-trace-id');
  expect(problems).toContain('client of [EMAIL]');
  const scores = await (await fetch(`${server.url}/api/v1/scores?project=redaction`)).text();
  expect(scores).toContain('helpful to [EMAIL]');
  const told = JSON.stringify([trace, found, problems, scores, server.complaints]) + listening.join('');
  expect(listening.join('')).toContain(sent.traceId);
  for (const secret of Object.values(SECRETS)) expect(told).not.toContain(secret);
  live.abort();
  await listened;
  const figures = await (await fetch(`${server.url}/metrics`)).text();
  for (const detector of Object.keys(SECRETS))
    expect(
      Number(new RegExp(`redactions_total\\{detector="${detector}"\\} (\\d+)`).exec(figures)?.[1]),
    ).toBeGreaterThanOrEqual(10);
  expect(await leaksIn(server.dataDir)).toEqual([]);
});
