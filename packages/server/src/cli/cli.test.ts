import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { eventually } from '@throughline/tests/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../config/settings.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { runCli } from './cli.ts';

let server: TestServer;
const ERROR_TRACE = 'e'.repeat(32);
beforeAll(async () => {
  server = await startTestServer();
  await server.send('shop', [
    rawSpan({ name: 'answer\u001b[31m\n"quoted"' }),
    rawSpan({
      spanId: 'c'.repeat(16),
      parentSpanId: 'b'.repeat(16),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 234,
      },
    }),
    rawSpan({
      traceId: ERROR_TRACE,
      name: 'failing',
      statusCode: 'error',
      attributes: { 'session.id': 's-1', 'user.id': 'u-1', 'customer.tier': 'gold' },
      startTimeUnixNano: 1_794_000_000_000_000_000n,
      endTimeUnixNano: 1_794_000_000_080_000_000n,
    }),
  ]);
});
afterAll(() => server.stop());

async function run(
  argv: readonly string[],
  options: { colours?: boolean; signal?: AbortSignal; url?: string; project?: null } = {},
) {
  let out = '';
  let err = '';
  const terminal = {
    out: (written: string) => {
      out += written;
    },
    err: (written: string) => {
      err += written;
    },
    colours: options.colours ?? false,
  };
  const signal = options.signal ?? new AbortController().signal;
  const project = options.project === null ? [] : ['--project', 'shop'];
  const all = ['--url', options.url ?? server.url, ...project, ...argv];
  const finished = runCli(all, { terminal, env: {}, signal, version: '1.2.3' });
  return { finished, output: () => out, errors: () => err };
}
async function finish(argv: readonly string[], options: Parameters<typeof run>[1] = {}) {
  const { finished, output, errors } = await run(argv, options);
  return { code: await finished, out: output(), err: errors() };
}

describe('throughline ls', () => {
  it('prints aligned columns, newest first, without control characters', async () => {
    const { code, out } = await finish(['ls']);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^STARTED +STATUS +NAME +DURATION +SPANS +TOKENS +COST +MODELS +TRACE$/);
    expect(lines[1]).toMatch(/:40 +answer \[31m "quoted" +1\.50 s +2 +1,234 +\$0\.00484 +gpt-4o +a{32}$/);
    expect(lines[2]).toMatch(/ error +failing +80 ms +1 +– +– +– +e{32}$/);
    expect(lines[1]?.indexOf('gpt-4o')).toBe(lines[0]?.indexOf('MODELS'));
    expect(out).not.toContain('\u001b');
  });

  it('uses colours only in a terminal', async () => {
    expect((await finish(['ls'], { colours: true })).out).toContain('\u001b[31merror');
  });

  it('prints the JSON of the API', async () => {
    const { out } = await finish(['ls', '--json', '-n', '1']);
    expect(JSON.parse(out)).toMatchObject({ traces: [{ spanCount: 2 }], nextCursor: expect.any(String) });
  });

  it('sorts and limits the list', async () => {
    const { out } = await finish(['ls', '--sort', 'startTime', '--to', '2026-11-10']);
    expect(out.match(/e{32}/g)).toHaveLength(1);
    expect(out).not.toContain('a'.repeat(32));
    const byName = (await finish(['ls', '--sort', 'name'])).out;
    expect(byName.indexOf('answer')).toBeLessThan(byName.indexOf('failing'));
    expect((await finish(['ls', '--sort', '-score.quality'])).code).toBe(0);
    expect(await finish(['ls', '--sort', 'colour'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('name'),
    });
  });
});

describe('throughline --tz', () => {
  it('prints times in the zone, and reads times without an offset in it', async () => {
    const started = async (...argv: string[]) =>
      /(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) +error +failing/.exec((await finish(argv)).out)?.[1];
    // 2026-11-06T21:20:00Z
    expect(await started('--tz', 'UTC', 'ls')).toBe('2026-11-06 21:20:00');
    expect(await started('ls', '--tz', 'Europe/Berlin')).toBe('2026-11-06 22:20:00');
    expect(await started('ls', '--tz', 'Asia/Tokyo')).toBe('2026-11-07 06:20:00');
    expect(await started('ls', '--tz', 'Asia/Tokyo', '--from', '2026-11-07', '--to', '2026-11-08')).toBe(
      '2026-11-07 06:20:00',
    );
    expect(await started('ls', '--tz', 'UTC', '--from', '2026-11-07', '--to', '2026-11-08')).toBeUndefined();
    expect(await started('ls', '--tz', 'UTC', '--from', '2026-11-06T22:19:00+01:00')).toBe(
      '2026-11-06 21:20:00',
    );
  });

  it('names a zone that does not exist', async () => {
    expect(await finish(['ls', '--tz', 'Mars/Base'])).toMatchObject({
      code: 2,
      err: '--tz Mars/Base is not a time zone such as UTC or Europe/Berlin.\n',
    });
  });
});

describe('throughline tag and delete', () => {
  const many = Array.from({ length: 3 }, (_, number) =>
    rawSpan({ traceId: String(number + 1).repeat(32), name: 'doomed' }),
  );
  const of = (...argv: string[]) => finish(['--project', 'changes', ...argv]);

  it('tags the traces that pass a filter, and deletes them only with --yes', async () => {
    await server.send('changes', many);
    expect(await of('tag', 'name:doomed', '--add', 'old', '--add', 'test run')).toEqual({
      code: 0,
      out: 'Changed the tags of 3 traces of project "changes".\n',
      err: '',
    });
    await of('tag', `trace:${'1'.repeat(32)}`, '--remove', 'old');
    expect((await of('delete', 'tag:old', '--dry-run')).out).toBe(
      '2 traces with 2 spans of project "changes" match. Nothing was deleted.\n',
    );
    expect(await of('delete', 'tag:old')).toEqual({
      code: 2,
      out: '',
      err: 'This deletes 2 traces with 2 spans of project "changes". Add --yes to delete them.\n',
    });
    expect((await of('delete', 'tag:old', '--yes')).out).toBe(
      'Deleted 2 traces with 2 spans of project "changes".\n',
    );
    expect((await of('ls')).out.match(/doomed/g)).toHaveLength(1);
    expect(await of('delete', 'tag:"test run"', '--yes', '--json')).toMatchObject({
      out: '{"traces":1,"spans":1}\n',
    });
  });

  it('explains what is missing', async () => {
    expect(await of('tag', 'name:doomed')).toMatchObject({
      code: 2,
      err: 'Name a tag with --add or --remove.\n',
    });
    expect(await of('delete', 'colour:red')).toMatchObject({ code: 2 });
  });
});

describe('throughline ls --view', () => {
  beforeAll(async () => {
    const range = { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' };
    const views = [
      { page: 'traces', name: 'Failures', search: { ...range, q: 'status:error' } },
      { page: 'traces', name: 'Oldest first', search: { ...range, sort: 'startTime' } },
      { page: 'spans', name: 'Calls', search: { ...range, q: 'kind:llm' } },
    ];
    for (const { page, name, search } of views) {
      const answer = await fetch(`${server.url}/api/v1/views?project=shop`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ page, name, state: { version: 1, search } }),
      });
      expect(answer.status).toBe(201);
    }
  });

  it('lists what the view selects, in its order', async () => {
    const failures = await finish(['ls', '--view', 'failures']);
    expect(failures.out.match(/[ae]{32}/g)).toEqual([ERROR_TRACE]);
    const oldest = await finish(['ls', '--view', 'Oldest first']);
    expect(oldest.out.match(/[ae]{32}/g)).toEqual([ERROR_TRACE, 'a'.repeat(32)]);
    const calls = await finish(['ls', '--spans', '--view', 'Calls', '--json']);
    expect(JSON.parse(calls.out).spans).toMatchObject([{ spanId: 'c'.repeat(16) }]);
  });

  it('is narrowed by a filter, and its order is replaced by a flag', async () => {
    expect((await finish(['ls', '--view', 'Failures', 'name:answer*'])).out).toBe(
      'No traces that match (status:error) (name:answer*) in project "shop".\n',
    );
    const newest = await finish(['ls', '--view', 'Oldest first', '--sort', '-startTime']);
    expect(newest.out.match(/[ae]{32}/g)).toEqual(['a'.repeat(32), ERROR_TRACE]);
  });

  it('names the views that exist if there is none of this name', async () => {
    expect(await finish(['ls', '--view', 'Calls'])).toEqual({
      code: 1,
      out: '',
      err: 'Project "shop" has no view of traces named "Calls". Views: "Failures", "Oldest first".\n',
    });
  });
});

describe('throughline ls of spans, sessions and users', () => {
  it('prints single spans that match a filter of spans', async () => {
    const { code, out } = await finish(['ls', '--spans', 'kind:llm', 'model:gpt-4o']);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^STARTED +STATUS +NAME +DURATION +KIND +TOKENS +COST +MODEL +TRACE +SPAN$/);
    expect(lines[1]).toMatch(/ llm +1,234 +\$0\.00484 +gpt-4o +a{32} +c{16}$/);
    expect(lines).toHaveLength(3);
  });

  it('prints attributes as columns', async () => {
    const { out } = await finish(['ls', '--spans', '--columns', 'attr.customer.tier', 'name:failing']);
    expect(out.split('\n')[0]).toMatch(/SPAN +attr\.customer\.tier$/);
    expect(out.split('\n')[1]).toMatch(/ gold$/);
    const traces = await finish(['ls', '--columns', 'attr.customer.tier', 'status:error']);
    expect(traces.out.split('\n')[1]).toMatch(/ e{32} +gold$/);
    expect(await finish(['ls', '--users', '--columns', 'attr.a'])).toMatchObject({ code: 2 });
  });

  it('prints totals of sessions and of users', async () => {
    const sessions = await finish(['ls', '--sessions']);
    expect(sessions.out.split('\n')[0]).toMatch(
      /^LAST SEEN +TRACES +FAILED +TOKENS +COST +LAST INPUT +SESSION$/,
    );
    expect(sessions.out.split('\n')[1]).toMatch(/ 1 +1 +– +– +– +s-1$/);
    expect((await finish(['ls', '--users', '--sort', '-traceCount'])).out).toMatch(/USER\n.* u-1\n$/);
    expect((await finish(['ls', '--users', 'kind:tool'])).out).toBe(
      'No users that match kind:tool in project "shop".\n',
    );
  });

  it('explains an order that the list does not have, and two lists at once', async () => {
    const { code, err } = await finish(['ls', '--users', '--sort', '-durationMs']);
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('--sort -durationMs is not an order of users. Orders: -lastSeen,'),
    });
    expect(await finish(['ls', '--users', '--spans'])).toMatchObject({ code: 2 });
    expect(await finish(['ls', '--spans', 'errors>0'])).toMatchObject({ code: 2 });
  });
});

describe('throughline trace', () => {
  it('prints the conclusion and the tree', async () => {
    const { code, out } = await finish(['trace', 'a'.repeat(32)]);
    expect(code).toBe(0);
    const [conclusion, , , call] = out.split('\n');
    expect(conclusion).toContain('chat gpt-4o cost $0.00484, all of the trace.');
    expect(call).toMatch(/^└─ chat .*1,234 tok.*gpt-4o$/);
  });

  it('takes the first characters of an id, with and without a project', async () => {
    const { code, out } = await finish(['trace', 'aaaaaaaa']);
    expect(code).toBe(0);
    expect(out).toContain('chat gpt-4o cost $0.00484');
    expect((await finish(['trace', 'eeeeeeee'], { project: null })).out).toContain('failing');
    expect((await finish(['trace', 'ffffffff'])).code).toBe(1);
  });

  it('prints totals by step and by model', async () => {
    const { code, out } = await finish(['trace', 'a'.repeat(32), '--by', 'model']);
    expect(code).toBe(0);
    const [titles, row] = out.split('\n');
    expect(titles?.split(/ +/)).toEqual([
      'MODEL',
      'KIND',
      'COUNT',
      'CRITICAL',
      'SELF',
      'TOTAL',
      'P50',
      'MAX',
      'TOKENS',
      'COST',
      'ERRORS',
    ]);
    expect(row).toMatch(/^gpt-4o +llm +1 .* 1,234 +\$0\.00484$/);
    const { out: json } = await finish(['--json', 'trace', 'a'.repeat(32), '--by', 'step']);
    const { rows } = JSON.parse(json) as { rows: { label: string; count: number }[] };
    expect(rows.map(({ label }) => label)).toContain('chat gpt-4o');
    expect((await finish(['trace', ERROR_TRACE, '--by', 'tool'])).out).toBe(
      'The trace has no spans with a tool.\n',
    );
  });

  it('finds the project of a trace if none is given', async () => {
    const { code, out } = await finish(['trace', ERROR_TRACE], { project: null });
    expect(code).toBe(0);
    expect(out).toContain('failing');
    const missing = await finish(['trace', 'nope'], { project: null });
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringContaining('no trace "nope" in any project'),
    });
  });

  it('reports what it did not find and where, and fails', async () => {
    const { code, out, err } = await finish(['trace', 'nope']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('There is no trace "nope" in project "shop"');
  });
});

describe('throughline diff', () => {
  it('compares two traces step by step and finds their project', async () => {
    const { code, out } = await finish(['diff', ERROR_TRACE, 'a'.repeat(32)], { project: null });
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe('Steps: 0 the same, 1 changed, 0 moved, 1 added, 0 removed');
    expect(out).toMatch(/^~ answer.*\+1\.42 s .*no longer fails/m);
    expect(out).toMatch(/^\+ {3}chat .*\+\$0\.00484 {2}\+1,234 tok$/m);
  });

  it('prints the JSON of the API', async () => {
    const { out } = await finish(['diff', '--json', ERROR_TRACE, 'a'.repeat(32)]);
    expect(JSON.parse(out)).toMatchObject({ delta: { durationMs: 1420, spanCount: 1, errorCount: -1 } });
  });

  it('fails if a trace does not exist', async () => {
    const { code, err } = await finish(['diff', ERROR_TRACE, 'nope']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('There is no trace "nope"') });
  });
});

describe('throughline tail', () => {
  it('prints spans as they arrive, until it is stopped', async () => {
    const controller = new AbortController();
    const { finished, output, errors } = await run(['tail'], { signal: controller.signal });
    await eventually('the error output', errors).toContain('Waiting');
    await server.send('shop', [
      rawSpan({ traceId: 'd'.repeat(32), name: 'fresh', statusCode: 'error', statusMessage: 'too slow' }),
    ]);
    await eventually('the output', output).toMatch(/span +fresh +1\.50 s +d{32} +✗ too slow\n/);
    controller.abort();
    expect(await finished).toBe(0);
  });

  it('prints traces when they are finished', async () => {
    const controller = new AbortController();
    const { finished, output, errors } = await run(['tail', '--traces'], { signal: controller.signal });
    await eventually('the error output', errors).toContain('Waiting for finished traces');
    await server.send('shop', [rawSpan({ traceId: 'f'.repeat(32), name: 'answered' })]);
    await eventually('the output', output).toMatch(/answered +1\.50 s +f{32} +1 span\n/);
    controller.abort();
    expect(await finished).toBe(0);
  });
});

describe('throughline why', () => {
  it('prints the differences that are certain, and says how many traces were compared', async () => {
    const spans = Array.from({ length: 120 }, (_, index) =>
      rawSpan({
        traceId: String(index + 1).padStart(32, '0'),
        attributes: { 'customer.tier': index < 40 ? 'gold' : 'free' },
        startTimeUnixNano: 1_795_000_000_000_000_000n,
        endTimeUnixNano: 1_795_000_000_000_000_000n + (index < 40 ? 9_000_000_000n : 1_000_000n),
      }),
    );
    await server.send('slow', spans);
    const { code, out, err } = await finish(['why', 'latency>5s', '--project', 'slow']);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^40 selected traces, 80 others; \d+ values/),
    });
    expect(out).toMatch(/^SELECTED +OTHERS +FILTER\n/);
    expect(out).toMatch(/^ +100 % +0 % +attr\.customer\.tier:gold$/m);
    expect(out).not.toContain('latency');
  });

  it('explains a filter that cannot be parsed', async () => {
    expect(await finish(['why', 'latency>soon'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('position 8'),
    });
  });
});

describe('throughline stats', () => {
  const startNs = 1_795_000_000_000_000_000n;
  const range = ['--from', '2026-11-18', '--to', '2026-11-19', '--tz', 'UTC', '--project', 'bill'];

  beforeAll(async () => {
    const call = (id: number, feature: string, model: string, input: number) =>
      rawSpan({
        traceId: String(id).padStart(32, '0'),
        spanId: String(id).padStart(16, '0'),
        startTimeUnixNano: startNs,
        endTimeUnixNano: startNs + 1_000_000_000n,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': model,
          'gen_ai.usage.input_tokens': input,
          'gen_ai.usage.output_tokens': 0,
          'throughline.feature': feature,
        },
      });
    // gpt-4o costs $2.50 for a million input tokens.
    await server.send('bill', [
      call(1, 'search', 'gpt-4o', 400_000),
      call(2, 'chat', 'gpt-4o', 100_000),
      call(3, 'support', 'gpt-4o', 20_000),
      call(4, 'chat', 'a-model-of-ours', 1000),
    ]);
  });

  it('adds up costs by feature, and says what lacks a price', async () => {
    const { code, out, err } = await finish(['stats', 'cost,calls', 'by', 'feature', ...range]);
    expect({ code, err }).toEqual({ code: 0, err: '≥: 1 call has no known price (a-model-of-ours).\n' });
    expect(out).toBe(
      [
        'FEATURE  COST.SUM  CALLS.SUM',
        'search      $1.00          1',
        'chat     ≥ $0.250          2',
        'support   $0.0500          1',
        'total     ≥ $1.30          4',
        '',
      ].join('\n'),
    );
  });

  it('adds up the groups beyond the limit, takes a filter, and prints CSV and JSON', async () => {
    const words = ['stats', 'cost', 'by', 'feature', 'model:gpt-4o', ...range, '--limit', '1'];
    expect((await finish(words)).out).toMatch(/^search +\$1\.00\nother \(2\) +\$0\.300\ntotal +\$1\.30\n$/m);
    expect((await finish([...words, '--csv'])).out).toBe(
      'feature,cost.sum,unpricedCalls\r\nsearch,1,0\r\nother,0.3,0\r\n',
    );
    const json = JSON.parse((await finish([...words, '--json'])).out);
    expect(json).toMatchObject({ rows: [{ feature: 'search', 'cost.sum': 1 }], other: { groups: 2 } });
  });

  it('prints steps of time in the zone of the reader', async () => {
    const { out } = await finish(['stats', 'calls', 'per', 'day', ...range]);
    expect(out).toMatch(/^TIME +CALLS\.SUM\n2026-11-18 +4\ntotal +4\n$/);
  });

  it('compares each hour with the same hour of the previous period', async () => {
    const hourly = (id: number, hour: string, input: number) =>
      rawSpan({
        traceId: String(id).padStart(32, '0'),
        spanId: String(id).padStart(16, '0'),
        startTimeUnixNano: BigInt(Date.parse(`2026-11-${hour}:30:00Z`)) * 1_000_000n,
        endTimeUnixNano: BigInt(Date.parse(`2026-11-${hour}:30:01Z`)) * 1_000_000n,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': input,
          'gen_ai.usage.output_tokens': 0,
        },
      });
    await server.send('hours', [
      hourly(1, '17T08', 1000),
      hourly(2, '17T20', 4000),
      hourly(3, '18T08', 2000),
      hourly(4, '18T20', 3000),
    ]);
    const words = ['stats', 'inputTokens', 'by', 'hourOfDay', ...range.slice(0, -1), 'hours', '--compare'];
    expect((await finish(words)).out).toMatch(/^8 +2,?000 +\+100 %\n20 +3,?000 +−25 %\n$/m);
  });

  it.each([
    [['costs'], 'There is no measure "costs"'],
    [['by', 'feature'], 'Name a measure first'],
    [['cost', 'by'], 'Expected a word after "by"'],
    [['cost', 'last', 'week'], 'last week: expected a number with m, h, d or w'],
    [['latency.sumx'], 'latency.sumx: expected one of p50'],
    [['cost', 'modle:x'], 'Did you mean model?'],
  ])('explains what is wrong with %j', async (words, message) => {
    expect(await finish(['stats', ...words])).toMatchObject({
      code: 2,
      err: expect.stringContaining(message),
    });
  });
});

describe('throughline settle', () => {
  it('asks for --rebuild, and for a stopped server', async () => {
    expect(await finish(['settle', '--data', server.dataDir])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Add --rebuild'),
    });
    expect(await finish(['settle', '--rebuild', '--data', server.dataDir])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is in use by'),
    });
  });
});

describe('throughline tail with a filter', () => {
  it('prints only spans that match, by any condition of the language', async () => {
    const controller = new AbortController();
    const { finished, output, errors } = await run(
      ['tail', 'kind:tool', 'attr.tier:gold', 'under(name:agent*)'],
      { signal: controller.signal },
    );
    await eventually('the error output', errors).toContain(
      'Waiting for spans that match kind:tool attr.tier:gold under(name:agent*)',
    );
    const tool = (spanId: string, name: string, parentSpanId: string, tier: string) =>
      rawSpan({
        traceId: '9'.repeat(32),
        spanId: spanId.repeat(16),
        parentSpanId,
        name,
        attributes: { 'openinference.span.kind': 'TOOL', tier },
      });
    const agent = rawSpan({ traceId: '9'.repeat(32), spanId: '1'.repeat(16), name: 'agent run' });
    await server.send('shop', [
      agent,
      tool('2', 'silver tool', agent.spanId, 'silver'),
      tool('3', 'gold tool', agent.spanId, 'gold'),
      tool('4', 'lost gold tool', '', 'gold'),
    ]);
    await eventually('the output', output).toContain('gold tool');
    controller.abort();
    expect(await finished).toBe(0);
    expect(output().match(/(silver|lost gold|gold) tool/g)).toEqual(['gold tool']);
  });

  it('explains why a filter cannot be used', async () => {
    const { code, err } = await finish(['tail', 'spans>5']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('Only a trace has spans') });
  });
});

describe('the command line', () => {
  it('explains how to start a server if it finds none', async () => {
    const { code, err } = await finish(['ls'], { url: 'http://127.0.0.1:1' });
    expect(code).toBe(1);
    expect(err).toBe(
      'No Throughline answers at http://127.0.0.1:1. Start one with "throughline start", or set a different address with --url.\n',
    );
  });

  it('reports that a different program answers', async () => {
    const other = createServer((_request, response) => response.writeHead(404).end('nginx')).listen(
      0,
      '127.0.0.1',
    );
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, err } = await finish(['ls'], { url });
    expect({ code, err }).toEqual({
      code: 1,
      err: `${url} answered 404 and does not seem to be a Throughline server.\n`,
    });
    other.close();
  });

  it.each([
    [['ls', '-n', '0'], /from 1 to 500/],
    [['ls', '--sort', 'colour'], /not an order of traces/],
    [['dance'], /unknown command/],
    [['trace'], /missing required argument/],
    [['ls', '--url', 'nonsense'], /not an address/],
  ])('rejects %j', async (argv, message) => {
    const { code, err } = await finish(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('shows help and version', async () => {
    expect(await finish(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
    const { code, out } = await finish(['--help']);
    expect(code).toBe(0);
    for (const command of ['start', 'demo', 'ls', 'trace', 'diff', 'tail', 'export', 'import'])
      expect(out).toContain(command);
  });
});

describe('throughline prices, reprice and trace --costs', () => {
  const PROJECT = ['--project', 'paid'];
  beforeAll(() =>
    server.send('paid', [
      rawSpan({
        traceId: '7'.repeat(32),
        name: 'chat acme',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'acme-7b',
          'gen_ai.usage.input_tokens': 1247n,
          'gen_ai.usage.cache_read.input_tokens': 800n,
          'gen_ai.usage.output_tokens': 333n,
        },
      }),
    ]),
  );

  it('set a price, apply it to stored spans, and explain the cost', async () => {
    expect((await finish([...PROJECT, 'prices', 'ls'])).out).toContain('The project has set no prices');
    expect((await finish([...PROJECT, 'trace', '7'.repeat(32), '--costs'])).out).toBe(
      'chat acme · acme-7b\n  The price of the model acme-7b is not known.\n',
    );
    const set = ['prices', 'set', 'acme-*', '--input', '3', '--output', '15', '--cached-input', '0.3'];
    expect((await finish([...PROJECT, ...set])).out).toMatch(/^Set the price of acme-\* \(id \w+\)\./);
    const dry = await finish([...PROJECT, 'reprice', '--dry-run']);
    const table = [
      'MODEL    PROVIDER  SPANS  CHANGED  NEWLY PRICED  NO LONGER  BEFORE     AFTER',
      'acme-7b                1        1             1          0      $0  $0.00658',
      '',
    ].join('\n');
    expect(dry).toMatchObject({
      code: 0,
      out: `${table}1 of 1 spans would change: $0 → $0.00658. Nothing was changed.\n`,
    });
    const done = await finish([...PROJECT, 'reprice', 'model:acme-7b']);
    expect(done).toMatchObject({ code: 0, out: `${table}1 of 1 spans changed: $0 → $0.00658.\n` });
    const { out } = await finish([...PROJECT, 'trace', '7'.repeat(32), '--costs']);
    expect(out.replace(/[0-9a-f]{16}@/, 'ID@')).toBe(
      [
        'chat acme · acme-7b',
        '  1,247 in: 447 fresh × $3.00/M + 800 cached × $0.30/M; 333 out × $15.00/M = $0.006576',
        '  project-price:ID@1: acme-*',
        '',
      ].join('\n'),
    );
  });

  it('replace the price of the same model, list prices, and delete one', async () => {
    const more = ['--tier', 'batch=0.5', '--above', '200000:input=6,output=22.5', '--from', '2026-12-01'];
    const terms = ['--input', '3', '--output', '15'];
    await finish([...PROJECT, 'prices', 'set', 'other', ...terms, ...more]);
    const again = await finish([
      ...PROJECT,
      'prices',
      'set',
      'OTHER',
      '--input',
      '4',
      '--output',
      '0',
      ...more,
    ]);
    expect(again.out).toContain('Replaced the price of OTHER');
    const { out } = await finish([...PROJECT, 'prices', 'ls', '--json']);
    expect(JSON.parse(out).prices).toMatchObject([
      { model: 'acme-*', usdPerMillion: { input: 3 } },
      {
        model: 'OTHER',
        revision: 2,
        usdPerMillion: { input: 4, output: 0 },
        serviceTiers: { batch: 0.5 },
        tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5 }],
      },
    ]);
    expect((await finish([...PROJECT, 'prices', 'ls'])).out).toMatch(/^OTHER +any +\$4\.00 +\$0\.00 +20/m);
    expect((await finish([...PROJECT, 'prices', 'delete', 'other'])).out).toBe(
      'Deleted the price of OTHER.\n',
    );
    expect(await finish([...PROJECT, 'prices', 'delete', 'other'])).toMatchObject({
      code: 1,
      err: 'The project has set no price for "other".\n',
    });
  });

  it.each([
    [['prices', 'set', 'x', '--input', '3'], /--output/],
    [['prices', 'set', 'x', '--input', 'much', '--output', '1'], /expected US dollars/],
    [['prices', 'set', 'x', '--input', '1', '--output', '1', '--tier', 'batch'], /such as batch=0.5/],
    [['prices', 'set', 'x', '--input', '1', '--output', '1', '--above', 'input=6'], /such as 200000:input=6/],
    [['reprice', 'modle:x'], /no field "modle"/],
  ])('reject %j', async (argv, message) => {
    const { code, err } = await finish(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('throughline start --help', () => {
  it('lists every setting, by its flag or by its environment variable', async () => {
    const { code, out } = await finish(['start', '--help']);
    expect(code).toBe(0);
    for (const { flag, env } of Object.values(SETTINGS))
      expect(out.replaceAll(/\s+/g, ' ')).toContain(flag ?? env);
  });
});

describe('bin/throughline.js', () => {
  const program = fileURLToPath(new URL('../../bin/throughline.js', import.meta.url));

  it('runs with the threads that the store needs and passes on the exit code', async () => {
    const { UV_THREADPOOL_SIZE: _, NODE_OPTIONS: __, ...env } = process.env;
    const child = spawn(
      process.execPath,
      [program, '--url', server.url, '--project', 'shop', 'trace', 'nope'],
      { env },
    );
    const err = text(child.stderr);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(await err).toContain('There is no trace "nope"');
  });
});
