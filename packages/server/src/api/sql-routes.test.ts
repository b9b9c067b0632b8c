import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlResult, sqlTables } from '../contract/sql.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const START = 1_795_000_000_000_000_000n;
const SECRET = 'secret-of-another-project';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const span = (number: number, change: Parameters<typeof rawSpan>[0]) =>
    rawSpan({
      traceId: String(number).repeat(32),
      spanId: String(number).repeat(16),
      startTimeUnixNano: START + BigInt(number) * 1_000_000_000n,
      endTimeUnixNano: START + BigInt(number) * 1_000_000_000n + 5_000_000n,
      ...change,
    });
  await server.send('shop', [
    span(1, {
      name: 'chat',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 100,
        'input.value': 'Where is my order?',
      },
    }),
    span(2, { name: 'lookup', statusCode: 'error', attributes: { 'openinference.span.kind': 'TOOL' } }),
  ]);
  await server.send('vault', [
    span(3, { name: SECRET, attributes: { 'input.value': SECRET, 'user.id': SECRET } }),
  ]);
});
afterAll(() => server.stop());

async function send(query: string, more: Record<string, unknown> = {}) {
  const response = await fetch(`${server.url}/api/v1/sql?project=shop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, ...more }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function rowsOf(query: string, more?: Record<string, unknown>) {
  const { status, body } = await send(query, more);
  expect([status, body]).toEqual([200, expect.anything()]);
  return sqlResult.parse(body).rows;
}

describe('POST /sql', () => {
  it('returns columns, types and rows of the project', async () => {
    const { body } = await send(
      'SELECT name, status, input_tokens AS tokens, cost_usd FROM spans ORDER BY start',
    );
    expect(body).toEqual({
      columns: [
        { name: 'name', type: 'LowCardinality(String)' },
        { name: 'status', type: 'LowCardinality(String)' },
        { name: 'tokens', type: 'Nullable(UInt64)' },
        { name: 'cost_usd', type: 'Nullable(Decimal(18, 12))' },
      ],
      rows: [
        ['chat', 'unset', '1000', '0.0035'],
        ['lookup', 'error', null, null],
      ],
      truncated: false,
    });
  });

  it.each([
    ['SELECT count() FROM traces', [['2']]],
    [
      'SELECT kind, count() AS n FROM spans GROUP BY kind ORDER BY kind',
      [
        ['llm', '1'],
        ['tool', '1'],
      ],
    ],
    [
      "SELECT name FROM spans WHERE trace_id IN (SELECT trace_id FROM traces WHERE status = 'error')",
      [['lookup']],
    ],
    [
      'WITH failed AS (SELECT trace_id FROM traces WHERE error_count > 0) SELECT count() FROM failed',
      [['1']],
    ],
    [
      'SELECT s.name, t.span_count FROM spans AS s JOIN traces AS t ON s.trace_id = t.trace_id ORDER BY s.name',
      [
        ['chat', 1],
        ['lookup', 1],
      ],
    ],
    ["SELECT input['input.value'] FROM payloads WHERE notEmpty(input)", [['Where is my order?']]],
    [
      'SELECT name, row_number() OVER (ORDER BY start DESC) AS place FROM spans ORDER BY place',
      [
        ['lookup', '1'],
        ['chat', '2'],
      ],
    ],
    [
      "SELECT sumIf(input_tokens, kind = 'llm') AS a, countDistinct(name), quantile(0.5)(duration_ns) FROM spans",
      [['1000', '2', 5_000_000]],
    ],
    [
      'SELECT toStartOfHour(start) AS hour, count() FROM traces GROUP BY hour',
      [['2026-11-18 11:00:00', '2']],
    ],
    ['SELECT number FROM numbers(3) ORDER BY number DESC', [['2'], ['1'], ['0']]],
    [
      "SELECT arrayJoin(arrayMap(x -> x * 2, [1, 2])) AS x, 'it''s' AS t -- comment",
      [
        [2, "it's"],
        [4, "it's"],
      ],
    ],
    [
      'SELECT count() FROM scores UNION ALL SELECT count() FROM logs UNION ALL SELECT count() FROM metrics',
      [['0'], ['0'], ['0']],
    ],
    ['SELECT 1 AS a WHERE 0', []],
    ['/* a */ SELECT /* b */ 1;', [['1']].map(() => [1])],
  ])('%s', async (query, rows) => {
    expect(await rowsOf(query)).toEqual(rows);
  });

  it('applies the range to every table', async () => {
    const from = '2026-11-18T11:06:42Z';
    expect(await rowsOf('SELECT name FROM spans', { from })).toEqual([['lookup']]);
    expect(await rowsOf('SELECT count() FROM traces', { from })).toEqual([['1']]);
    expect(await rowsOf('SELECT count() FROM payloads', { to: from })).toEqual([['1']]);
  });

  it('returns at most `limit` rows and says that there are more', async () => {
    const { body } = await send('SELECT number FROM numbers(100)', { limit: 3 });
    expect(body).toMatchObject({ rows: [['0'], ['1'], ['2']], truncated: true });
  });

  it('reports syntax errors with their position, and unknown names', async () => {
    expect((await send('SELECT name FRM spans WHERE')).body).toMatchObject({
      code: 'invalid-sql',
      detail: expect.stringMatching(/Syntax error: failed at position 17 \(spans\)/),
    });
    expect((await send('SELECT colour FROM spans')).body).toMatchObject({
      detail: expect.stringContaining('colour'),
    });
    expect((await send('SELECT * FROM cars')).body).toMatchObject({
      detail: expect.stringContaining('cars'),
    });
    expect((await send('SELECT 1 AS a, 2 AS a')).status).toBe(400);
  });

  it('ends statements that take too much memory or time', async () => {
    for (const query of [
      'SELECT groupArray(number) FROM numbers(10000000000)',
      "SELECT length(repeat('x', 1000000)) AS n, groupArray(repeat(toString(number), 100000)) FROM numbers(1000000)",
    ]) {
      const { status, body } = await send(query);
      expect([status, body.code]).toEqual([422, 'query-too-large']);
    }
  });
});

/** Statements that must not read, write or reveal anything beyond the project. Each fails, whatever its author tries. */
const HOSTILE = [
  // Other databases and the tables of the store
  'SELECT * FROM system.tables',
  'SELECT * FROM system.query_log',
  'SELECT * FROM throughline.spans',
  "SELECT name FROM throughline.spans WHERE project != 'shop'",
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM tables',
  'SELECT * FROM COLUMNS',
  'SELECT * FROM `throughline`.`spans`',
  'SELECT * FROM "throughline"."spans"',
  'SELECT * FROM “throughline”.“spans”',
  'SELECT * FROM (SELECT * FROM throughline.spans)',
  'WITH x AS (SELECT * FROM throughline.spans) SELECT * FROM x',
  'WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x, throughline.spans) SELECT * FROM x',
  'SELECT 1 UNION ALL SELECT count() FROM throughline.spans',
  'SELECT 1 INTERSECT SELECT count() FROM throughline.spans',
  'SELECT (SELECT count() FROM throughline.spans)',
  'SELECT 1 WHERE EXISTS (SELECT 1 FROM throughline.spans)',
  "SELECT 'x' IN (SELECT name FROM throughline.spans)",
  "SELECT 'x' IN throughline.spans",
  "SELECT in('x', throughline.spans)",
  "SELECT globalNotIn('x', throughline.spans)",
  "SELECT nullIn('x', throughline.spans)",
  "SELECT arrayExists(x -> x IN throughline.spans, ['x'])",
  'WITH throughline.spans AS t SELECT 1 IN t',
  'SELECT 1 FROM spans AS a JOIN throughline.spans AS b ON a.trace_id = b.trace_id',
  'SELECT 1 FROM spans, throughline.payloads',
  'SELECT 1 FROM spans ARRAY JOIN (SELECT groupArray(name) FROM throughline.spans) AS x',
  // Columns that are not offered
  'SELECT project FROM spans',
  'SELECT version FROM spans',
  'SELECT deleted FROM traces',
  'SELECT _table, _part FROM spans',
  'SELECT spans.project FROM spans',
  "SELECT name FROM spans PREWHERE project = 'vault'",
  // Table functions
  "SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "SELECT * FROM url('http://127.0.0.1:4318/', 'LineAsString')",
  "SELECT * FROM s3('http://127.0.0.1/x')",
  "SELECT * FROM remote('127.0.0.1', 'throughline.spans')",
  "SELECT * FROM remoteSecure('127.0.0.1', 'throughline.spans')",
  "SELECT * FROM cluster('default', throughline.spans)",
  "SELECT * FROM merge('throughline', '.*')",
  "SELECT * FROM merge('.*')",
  "SELECT * FROM mysql('127.0.0.1', 'a', 'b', 'c', 'd')",
  "SELECT * FROM postgresql('127.0.0.1', 'a', 'b', 'c', 'd')",
  "SELECT * FROM executable('x', TSV, 'a String')",
  "SELECT * FROM input('a String')",
  "SELECT * FROM dictionary('d')",
  'SELECT * FROM view(SELECT * FROM throughline.spans)',
  "SELECT * FROM viewIfPermitted(SELECT * FROM throughline.spans ELSE null('a Int8'))",
  'SELECT * FROM loop(throughline.spans)',
  "SELECT * FROM mergeTreeIndex('throughline', 'spans')",
  "SELECT * FROM mergeTreeProjection('throughline', 'spans', 'p')",
  "SELECT * FROM values('a String', 'b')",
  "SELECT * FROM generateRandom('a String')",
  "SELECT * FROM fileCluster('default', '/etc/passwd')",
  "SELECT * FROM python('x')",
  // Functions that read something
  "SELECT file('/etc/passwd')",
  "SELECT joinGet('throughline.spans', 'name', 1)",
  "SELECT dictGet('d', 'a', 1)",
  "SELECT hasColumnInTable('throughline', 'spans', 'project')",
  "SELECT getSetting('max_memory_usage')",
  "SELECT getServerSetting('path')",
  "SELECT getMacro('x')",
  'SELECT currentDatabase()',
  'SELECT currentUser()',
  'SELECT hostName()',
  'SELECT serverUUID()',
  'SELECT version()',
  'SELECT filesystemAvailable()',
  'SELECT showCertificate()',
  'SELECT queryID()',
  'SELECT sleep(3)',
  'SELECT sleepEachRow(1) FROM numbers(100)',
  "SELECT throwIf(1, 'x')",
  'SELECT addressToSymbol(1)',
  'SELECT evalMLMethod(1, 2)',
  "SELECT aiGenerate('x')",
  "SELECT formatQuery('SELECT 1')",
  'SELECT partitionId(1)',
  'SELECT * APPLY (hostName) FROM spans',
  "SELECT COLUMNS('name') APPLY sleep FROM spans",
  // Other statements
  'INSERT INTO spans SELECT * FROM spans',
  'DROP TABLE throughline.spans',
  'ALTER TABLE throughline.spans DELETE WHERE 1',
  'CREATE TABLE x (a Int8) ENGINE = Memory',
  'TRUNCATE TABLE throughline.spans',
  'SET readonly = 0',
  'SYSTEM SHUTDOWN',
  'KILL QUERY WHERE 1',
  'SHOW TABLES',
  'SHOW CREATE TABLE throughline.spans',
  'DESCRIBE TABLE throughline.spans',
  'EXPLAIN SELECT * FROM spans',
  'EXISTS TABLE throughline.spans',
  'USE throughline',
  'GRANT ALL ON *.* TO x',
  "BACKUP TABLE throughline.spans TO File('/tmp/x')",
  // Several statements, and what follows a statement
  'SELECT 1; SELECT 2',
  'SELECT 1; DROP TABLE throughline.spans',
  'SELECT 1;; SELECT 2',
  'SELECT 1 SETTINGS max_execution_time = 0',
  'SELECT * FROM (SELECT 1 SETTINGS readonly = 0)',
  'SELECT 1 FORMAT JSON',
  "SELECT 1 INTO OUTFILE '/tmp/throughline-hostile'",
  "SELECT 1 INTO OUTFILE '/tmp/throughline-hostile' TRUNCATE FORMAT TSV",
  'SELECT 1 PARALLEL WITH SELECT 2',
  // Leaving the statement that is built around it
  'SELECT 1) UNION ALL SELECT name FROM throughline.spans --',
  'SELECT 1) LIMIT 1; DROP TABLE throughline.spans; SELECT (1',
  'SELECT 1 /*',
  "SELECT 'a",
  'SELECT 1 #',
  '1) FROM throughline.spans WHERE (1 = 1',
  // Parameters, also those of other requests
  'SELECT * FROM {t:Identifier}',
  'SELECT {p0:String}',
  'SELECT {p1:String}, {p2:Int64}',
  // Names that imitate the syntax tree
  'SELECT 1 AS `x\n TableIdentifier spans`',
  'SELECT 1 AS "x) (children 1)\n  Literal 1"',
  // Nesting
  `SELECT ${'('.repeat(500)}1${')'.repeat(500)}`,
  `SELECT ${'NOT '.repeat(3000)}1`,
  '',
  'SELECT',
  'spans',
  '\u0000',
];

describe('a hostile statement', () => {
  it.each(HOSTILE.map((query) => [query.slice(0, 100), query] as const))('fails: %s', async (_, query) => {
    const { status, body } = await send(query);
    expect([400, 422]).toContain(status);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect(['invalid-sql', 'invalid-request', 'query-too-large']).toContain(body.code);
  });

  it('has changed nothing', async () => {
    expect(existsSync('/tmp/throughline-hostile')).toBe(false);
    const [{ n }] = (await server.engine.query('SELECT count() AS n FROM spans')) as [{ n: string }];
    expect(n).toBe('3');
    expect(server.complaints).toEqual([]);
  });
});

describe('rows of other projects', () => {
  it.each([
    'SELECT name FROM spans',
    'SELECT * FROM payloads',
    'SELECT * FROM traces',
    'SELECT groupArray(name) FROM spans FINAL',
    'WITH spans AS (SELECT * FROM spans) SELECT * FROM spans',
    'SELECT * FROM spans AS traces JOIN traces AS spans ON traces.trace_id = spans.trace_id',
    'WITH (SELECT groupArray(name) FROM spans) AS names SELECT names',
    "SELECT count() FROM spans WHERE name LIKE '%secret%'",
  ])('are not in the result of %s', async (query) => {
    const { body } = await send(query);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    if (query.includes('LIKE')) expect(body).toMatchObject({ rows: [['0']] });
  });

  it.each([
    "SELECT toInt64(name) FROM spans WHERE startsWith(name, 'secret')",
    "SELECT count() FROM spans WHERE toInt64(name) > 0 AND startsWith(name, 'secret')",
    "SELECT count() FROM spans WHERE intDiv(1, name != 'secret-of-another-project') = 1",
    "SELECT toDateTime(user_id) FROM spans WHERE user_id != ''",
  ])('are not evaluated, so that no error depends on them: %s', async (query) => {
    const { status, body } = await send(query);
    expect(JSON.stringify(body)).not.toContain('another');
    // A row of this project can fail, but no message contains a value.
    if (status !== 200) expect(body.detail).toMatch(/^ClickHouse could not evaluate this statement/);
  });

  it('cannot be told from an error: a division by zero that only a foreign row causes does not happen', async () => {
    const query =
      "SELECT count() FROM spans WHERE intDiv(1, toUInt8(name != 'secret-of-another-project')) >= 0";
    expect(await rowsOf(query)).toEqual([['2']]);
  });
});

it('lists the tables and columns that can be queried', async () => {
  const response = await fetch(`${server.url}/api/v1/sql/tables`);
  const { tables } = sqlTables.parse(await response.json());
  expect(tables.map(({ name }) => name)).toEqual([
    'traces',
    'spans',
    'payloads',
    'logs',
    'scores',
    'metrics',
  ]);
  for (const { name, columns } of tables) {
    expect(columns.map((column) => column.name)).not.toContain('project');
    const rows = await rowsOf(
      `SELECT ${columns.map((column) => column.name).join(', ')} FROM ${name} LIMIT 0`,
    );
    expect(rows).toEqual([]);
  }
});
