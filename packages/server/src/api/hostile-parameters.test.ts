import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../contract/problem.ts';
import { TRACE_SORTS } from '../contract/trace.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly schema: { readonly enum?: readonly string[] };
}

/** One GET route as the OpenAPI document describes it. */
interface Route {
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

let server: TestServer;
let routes: readonly Route[];
const TRACE = 'a'.repeat(32);
beforeAll(async () => {
  server = await startTestServer();
  await server.send('default', [rawSpan({ traceId: TRACE }), rawSpan({ traceId: 'b'.repeat(32) })]);
  const response = await fetch(`${server.url}/api/v1/openapi.json`);
  const { paths } = (await response.json()) as {
    paths: Record<string, { get?: { parameters?: readonly Parameter[] } }>;
  };
  routes = Object.entries(paths).flatMap(([path, { get }]) =>
    get ? [{ path, parameters: get.parameters ?? [] }] : [],
  );
});
afterAll(() => server.stop());

const long = (length: number) => 'x'.repeat(length);
const cursor = (...fields: readonly unknown[]) => Buffer.from(JSON.stringify(fields)).toString('base64url');
const NUMBERS = [
  '',
  '-0',
  '-1',
  '1.5',
  '1e309',
  'NaN',
  '9'.repeat(19),
  '9'.repeat(30),
  `1.${'0'.repeat(13)}1`,
];

/** Values that are already encoded for a URL. */
const HOSTILE: readonly string[] = [
  ...NUMBERS,
  ...[
    '__proto__',
    "'; DROP TABLE spans; --",
    '\\',
    '{p0:String}',
    '\0',
    '😀',
    '{"a":1}',
    long(801),
    long(2000),
    '1969-12-31T23:59:59Z',
    '2262-04-11T23:47:16.854775807Z',
    '2262-04-12T00:00:00Z',
    '9999-12-31T23:59:59.999999999+14:00',
    'cost>1e400',
    'cost>-1',
    'tag:*',
    '""',
    'name:"\\"',
    '('.repeat(600),
    `${'('.repeat(600)}kind:llm${')'.repeat(600)}`,
    '-'.repeat(600),
    `${'NOT '.repeat(400)}kind:llm`,
    `kind:llm${' OR kind:llm'.repeat(100)}`,
    'cost:-1..1e400',
    `model:${'*a'.repeat(300)}`,
    'kind:llm '.repeat(100),
    `"${'a b '.repeat(300)}"`,
    cursor('-startTime', '1', "'\0\\"),
    cursor('-startTime', '1', long(801)),
    cursor('-startTime', 1, TRACE),
    cursor('-startTime', ['1'], TRACE),
    cursor({}),
    Buffer.from('null').toString('base64url'),
    Buffer.from(`${'['.repeat(600)}${']'.repeat(600)}`).toString('base64url'),
  ].map(encodeURIComponent),
  // These are not valid percent-encoded UTF-8.
  '%ff',
  '%ED%A0%80',
  '%',
  '%zz',
];

const arbitraryText = fc.string({ unit: 'binary', maxLength: 60 }).map(encodeURIComponent);

function urlOf({ path, parameters }: Route, values: ReadonlyMap<string, string>): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values.get(name) || TRACE);
  const query = parameters.filter(({ name, in: place }) => place === 'query' && values.has(name));
  return `${server.url}${filled}?${query.map(({ name }) => `${name}=${values.get(name)}`).join('&')}`;
}

/** Fails unless the response is successful or rejects the request with a problem document. */
async function expectAnswer(
  url: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<void> {
  const response = await fetch(
    url,
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        },
  );
  const shown = decodeURI(encodeURI(url)).slice(0, 300);
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return;
  }
  const text = await response.text();
  expect([shown, response.status < 500]).toEqual([shown, true]);
  if (response.status < 400) return;
  expect([shown, problem.parse(JSON.parse(text)).status]).toEqual([shown, response.status]);
}

describe('no parameter value makes the server fail', () => {
  it('each hostile value in each parameter of each route', async () => {
    expect(routes.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/v1/traces', '/api/v1/scores']),
    );
    for (const route of routes) {
      for (const { name } of route.parameters) {
        await Promise.all(HOSTILE.map((value) => expectAnswer(urlOf(route, new Map([[name, value]])))));
      }
    }
  });

  it('hostile values in cursors, for each sort order', async () => {
    const lists = [
      ['traces', [...TRACE_SORTS, '-score.quality'], TRACE],
      ['spans', ['-startTime', 'costUsd', '-name', 'userId', 'score.quality'], JSON.stringify([TRACE, 'b'])],
    ] as const;
    for (const [list, sorts, id] of lists)
      for (const sort of sorts)
        await Promise.all(
          [...NUMBERS, "'\0\\", long(1001), '\u{10FFFF}'].flatMap((value) =>
            [
              [sort, value, id],
              [sort, '1', id, value],
            ].map((fields) =>
              expectAnswer(`${server.url}/api/v1/${list}?sort=${sort}&cursor=${cursor(...fields)}`),
            ),
          ),
        );
    for (const number of NUMBERS)
      await expectAnswer(`${server.url}/api/v1/scores?cursor=${cursor('-updatedAt', number, 'id')}`);
  });

  it('a parameter that is repeated, or given as a list or an object', async () => {
    for (const { path, parameters } of routes) {
      const filled = path.replaceAll(/\{\w+\}/g, TRACE);
      for (const { name, in: place } of parameters) {
        if (place !== 'query') continue;
        for (const query of [`${name}=1&${name}=2`, `${name}[]=1`, `${name}[a]=1`, `${name}`])
          await expectAnswer(`${server.url}${filled}?${query}`);
      }
    }
  });

  it('hostile values in a query of metrics', async () => {
    const raw = HOSTILE.flatMap((value) => {
      try {
        return [decodeURIComponent(value)];
      } catch {
        return [];
      }
    });
    const url = `${server.url}/api/v1/metrics/query`;
    const query = { measures: [{ measure: 'cost' }], dimensions: ['model'] };
    for (const value of raw)
      await Promise.all(
        [
          { ...query, measures: [{ measure: value }] },
          { ...query, measures: [{ measure: 'cost', aggregation: value }] },
          { ...query, measures: [{ measure: `score.${value}` }] },
          { ...query, dimensions: [value] },
          { ...query, dimensions: [`attr.${value}`, 'tag'] },
          { ...query, dimensions: [`resource.${value}`] },
          { ...query, q: value },
          { ...query, timeZone: value, grain: 'day' },
          { ...query, from: value },
          { ...query, to: value, grain: 'auto' },
          { ...query, limit: value },
          { ...query, [value]: value },
        ].map((body) => expectAnswer(url, {}, body)),
      );
    for (const range of [
      { from: '1970-01-01', to: '2262-04-11', grain: 'month' },
      { from: '1970-01-01', to: '2262-04-11', grain: 'auto', compare: 'previous' },
      { from: '1970-01-01', to: '1970-01-02', compare: 'previous', timeZone: 'Pacific/Apia' },
    ])
      await expectAnswer(url, {}, { ...query, dimensions: ['hourOfDay'], ...range });
  });

  it('hostile values in headers', async () => {
    for (const { path } of routes) {
      const url = server.url + path.replaceAll(/\{\w+\}/g, TRACE);
      for (const value of ['', '\u00ff', '\u00e9', long(200), "'", ','.repeat(3000)]) {
        await expectAnswer(url, { 'x-throughline-project': value });
        await expectAnswer(url, { accept: value });
      }
    }
  });

  it('several hostile values at once', async () => {
    const request = fc.record({
      route: fc.nat(),
      values: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(...HOSTILE), arbitraryText)), {
        minLength: 2,
        maxLength: 5,
      }),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ route: index, values }) => {
        const route = routes[index % routes.length] as Route;
        const named = values.flatMap(([number, value]) => {
          const parameter = route.parameters[number % Math.max(1, route.parameters.length)];
          return parameter ? [[parameter.name, value] as const] : [];
        });
        await expectAnswer(urlOf(route, new Map(named)));
      }),
      { numRuns: 100 },
    );
  });
});
