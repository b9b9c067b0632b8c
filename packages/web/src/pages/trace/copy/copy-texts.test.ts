import { describe, expect, it } from 'vitest';
import type { SpanDetail, Trace } from '../../../api/types.ts';
import { spanFixture } from '../../../waterfall/span-fixture.ts';
import { curlOf, spanMarkdown, spanPath, traceMarkdown } from './copy-texts.ts';

it('a command quotes every character for the shell', () => {
  expect(curlOf('http://localhost:4318', spanPath("a'b/c", 's'), 'my shop')).toBe(
    `curl 'http://localhost:4318/api/v1/traces/a'\\''b%2Fc/spans/s?project=my%20shop'`.replace(
      "'\\''",
      "'\\''",
    ),
  );
  expect(curlOf('http://x', '/traces/a', undefined)).toBe("curl 'http://x/api/v1/traces/a'");
});

describe('Markdown', () => {
  it('a trace is copied with its figures, its conclusion and its tree', () => {
    const trace = {
      traceId: 'abc',
      name: 'answer *all*',
      status: 'error',
      startTime: '2026-11-20T10:00:00.000000000Z',
      durationMs: 1400,
      inputTokens: 1000,
      outputTokens: 234,
      costUsd: 0.019,
      unpricedCalls: 0,
      models: ['gpt-4o'],
      spans: [spanFixture('root', null, 0, 1400), spanFixture('chat', 'root', 0, 100)],
    } as unknown as Trace;
    expect(traceMarkdown(trace, 'It failed.', 'http://x/t/abc').split('\n')).toEqual([
      '### answer \\*all\\*',
      '',
      'failed · 1.40 s · $0.0190 · 1,234 tokens · gpt-4o · 2026-11-20T10:00:00.000000000Z  ',
      '[abc](http://x/t/abc)',
      '',
      'It failed.',
      '',
      '```',
      'root      1.40 s',
      '└─ chat   100 ms',
      '```',
    ]);
  });

  it('the content of a span is in code blocks that the content itself cannot close', () => {
    const span = {
      ...spanFixture('chat', null, 0, 100, {
        kind: 'llm',
        model: 'gpt-4o',
        status: 'error',
        statusMessage: 'too slow',
      }),
      inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Run ```ls```' }] }],
      outputMessages: null,
      output: { text: 'done', mimeType: null },
      input: null,
      tool: null,
    } as unknown as SpanDetail;
    expect(spanMarkdown(span, 'http://x')).toBe(
      [
        '### chat',
        'llm · 100 ms · gpt-4o  \n[chat](http://x)',
        '**Error** too slow',
        '**Input**',
        '````\nuser: Run ```ls```\n````',
        '**Output**',
        '```\ndone\n```',
      ].join('\n\n'),
    );
  });
});
