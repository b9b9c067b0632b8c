import { describe, expect, it } from 'vitest';
import { call, each, type PlannedSpan, plan, spansOf } from '../../testing/planned-span.ts';
import { layoutAt, layoutTrace } from '../trace-layout.ts';
import { concludeTrace } from './conclude-trace.ts';
import { formatConclusion } from './sentence.ts';

const failed = (errorType: string) => ({ status: 'error', errorType }) as const;
const usage = (inputTokens: number, cacheReadTokens: number) => ({ inputTokens, cacheReadTokens });

/** A row: what is true of the trace, its spans, and the whole conclusion. */
type Row = readonly [truth: string, roots: readonly PlannedSpan[], says: readonly string[]];

const SLOW: readonly Row[] = [
  [
    'one slow step',
    [
      plan('chain answer', 0, 4210, {}, [
        plan('embedding embed', 0, 35),
        plan('retriever vector_search', 35, 2585),
        call('generate', 2600, 4200, 9812, 0.088),
      ]),
    ],
    ['vector_search took 2.55 s of 4.21 s (61 %).', 'generate cost $0.0880, all of the trace.'],
  ],
  [
    'a loop of forty calls, of which none is slow',
    [
      plan('agent researcher', 0, 41_200, {}, [
        ...each(40, (i) => call('chat gpt-4o', i * 1030, i * 1030 + 740, 1200, 0.01375, { model: 'gpt-4o' })),
        ...each(40, (i) => plan('tool browse', i * 1030 + 745, i * 1030 + 1020)),
      ]),
    ],
    [
      'chat gpt-4o ×40 took 29.6 s of 41.2 s (72 %), 740 ms each.',
      'chat gpt-4o ×40 cost $0.550, all of the trace.',
    ],
  ],
  [
    'one call of a loop that hangs',
    [
      plan('agent helper', 0, 30_000, {}, [
        ...each(9, (i) => plan('tool search', i * 500, i * 500 + 480)),
        plan('tool search', 4600, 29_900),
      ]),
    ],
    [
      'One of 10 calls of search took 25.3 s of 30.0 s (84 %).',
      'search ×10 ran one after another, which took 4.32 s more than the longest of them.',
      'helper recorded no model calls, so its tokens and cost are unknown.',
    ],
  ],
  [
    'a model that is slow to start',
    [plan('chain ask', 0, 12_000, {}, [call('chat', 0, 11_900, 500, 0.01, { ttftMs: 9100 })])],
    [
      'chat took 11.9 s of 12.0 s (99 %), 9.10 s of it before the first token.',
      'chat cost $0.0100, all of the trace.',
    ],
  ],
  [
    'one model call that is slow to start',
    [call('chat', 0, 8000, 500, 0.01, { ttftMs: 6000 })],
    ['chat took 8.00 s, 6.00 s of it before the first token.'],
  ],
  ['one span, of which there is nothing to say', [plan('span GET /', 0, 80)], []],
  [
    'many tools of which none stands out, but the tool calls do',
    [
      plan('agent planner', 0, 10_000, {}, [
        ...each(9, (i) => plan(`tool ${'abcdefghi'[i]}`, i * 1000, i * 1000 + 900)),
        call('decide', 9200, 9900, 800, 0.02),
      ]),
    ],
    [
      '9 tool calls took 8.10 s of 10.0 s (81 %); the longest, a, 900 ms.',
      '9 tool calls ran one after another, which took 7.20 s more than the longest of them.',
      'decide cost $0.0200, all of the trace.',
    ],
  ],
  [
    'no slow step at all',
    [
      plan(
        'chain pipeline',
        0,
        10_000,
        {},
        each(10, (i) => plan(`chain stage ${'abcdefghij'[i]}`, i * 1000, i * 1000 + 1000)),
      ),
    ],
    ['No step stands out: the longest, stage a, took 1.00 s of 10.0 s (10 %).'],
  ],
  [
    'time that an agent spends outside its steps',
    [
      plan('agent crew', 0, 20_000, {}, [
        call('chat', 0, 2000, 400, 0.01),
        call('chat', 13_000, 16_000, 500, 0.012),
        plan('tool save', 19_000, 19_500),
      ]),
    ],
    [
      '14.5 s of 20.0 s (73 %) passed in crew while none of its steps ran, the longest time 11.0 s before chat.',
      'chat ×2 cost $0.0220, all of the trace.',
    ],
  ],
  [
    'time in which nothing was recorded',
    [plan('span enqueue', 0, 100), plan('span handle job', 9000, 10_000)],
    ['8.90 s of 10.0 s (89 %) passed while no span was open, before handle job.'],
  ],
  [
    'iterations that are numbered',
    [
      plan(
        'agent loop',
        0,
        12_000,
        {},
        each(6, (i) =>
          plan(`chain iteration ${i + 1}`, i * 2000, i * 2000 + 2000, {}, [
            plan(`tool fetch #${i + 1}`, i * 2000, i * 2000 + 1900),
          ]),
        ),
      ),
    ],
    [
      'fetch ×6 took 11.4 s of 12.0 s (95 %), 1.90 s each.',
      'loop recorded no model calls, so its tokens and cost are unknown.',
    ],
  ],
  [
    'a deep chain whose bottom is slow',
    [
      each(50, (i) => i).reduceRight<PlannedSpan>(
        (below, i) => plan(`span level ${'x'.repeat(1 + (i % 3))}`, i, 5000 - i, {}, [below]),
        plan('retriever sql', 60, 4900),
      ),
    ],
    ['sql took 4.84 s of 5.00 s (97 %).'],
  ],
];

const PARALLEL: readonly Row[] = [
  [
    'parallel branches of which one is late',
    [
      plan('chain gather', 0, 4000, {}, [
        plan('retriever docs', 0, 1200),
        plan('retriever tickets', 0, 1100),
        plan('retriever web', 0, 3900),
      ]),
    ],
    [
      'web took 3.90 s of 4.00 s (98 %).',
      'web ended 2.70 s later than the 2 branches that ran beside it in gather.',
    ],
  ],
  [
    'two parallel branches',
    [plan('chain gather', 0, 4000, {}, [plan('retriever docs', 0, 1200), plan('retriever web', 0, 3900)])],
    ['web took 3.90 s of 4.00 s (98 %).', 'web ended 2.70 s later than docs, which ran beside it.'],
  ],
  [
    'parallel branches that are balanced',
    [plan('chain gather', 0, 4000, {}, [plan('retriever docs', 0, 3700), plan('retriever web', 0, 3900)])],
    ['web took 3.90 s of 4.00 s (98 %).'],
  ],
  [
    'branches that ran one after another',
    [
      plan('chain gather', 0, 3500, {}, [
        plan('retriever web', 0, 1300),
        plan('retriever docs', 1300, 2400),
        plan('retriever tickets', 2400, 3400),
      ]),
    ],
    [
      '3 retrievals took 3.40 s of 3.50 s (97 %); the longest, web, 1.30 s.',
      'web, docs and tickets ran one after another, which took 2.10 s more than the longest of them.',
    ],
  ],
  [
    'embeddings in a loop instead of a batch',
    [
      plan(
        'chain index',
        0,
        6100,
        {},
        each(12, (i) => plan('embedding embed', i * 500, i * 500 + 490)),
      ),
    ],
    [
      'embed ×12 took 5.88 s of 6.10 s (96 %), 490 ms each.',
      'embed ×12 ran one after another, which took 5.39 s more than the longest of them.',
    ],
  ],
  [
    'a conversation, whose calls cannot run at the same time',
    [
      plan(
        'agent chatty',
        0,
        5000,
        {},
        each(5, (i) => call('chat', i * 1000, i * 1000 + 990, 500 + i * 200, 0.01)),
      ),
    ],
    ['chat ×5 took 4.95 s of 5.00 s (99 %), 990 ms each.', 'chat ×5 cost $0.0500, all of the trace.'],
  ],
  [
    'steps of a pipeline, each of which needs the one before',
    [
      plan('chain rag', 0, 3000, {}, [
        plan('embedding embed', 0, 500),
        plan('retriever search', 500, 1500),
        plan('reranker rerank', 1500, 2900),
      ]),
    ],
    ['rerank took 1.40 s of 3.00 s (47 %).'],
  ],
  [
    'calls that did run in parallel',
    [
      plan(
        'chain map',
        0,
        5200,
        {},
        each(40, (i) => plan('tool fetch', Math.floor(i / 8) * 1000, Math.floor(i / 8) * 1000 + 990)),
      ),
    ],
    ['fetch ×40 took 4.95 s of 5.20 s (95 %), up to 8 at the same time.'],
  ],
];

const MONEY: readonly Row[] = [
  [
    'a context that grows',
    [
      plan(
        'agent coder',
        0,
        12_000,
        {},
        each(12, (i) =>
          call('chat gpt-4o', i * 1000, i * 1000 + 800, 1204 + i * 2446, 0.003 + i * 0.006, {
            model: 'gpt-4o',
          }),
        ),
      ),
    ],
    [
      'chat gpt-4o ×12 took 9.60 s of 12.0 s (80 %), 800 ms each.',
      'chat gpt-4o ×12 cost $0.432, all of the trace; the input grew from 1,204 to 28,110 tokens.',
    ],
  ],
  [
    'a cache that is missed',
    [
      plan(
        'agent coder',
        0,
        6000,
        {},
        each(6, (i) =>
          call('chat', i * 1000, i * 1000 + 900, 20_000, 0.06, usage(20_000, i === 1 ? 19_000 : 0)),
        ),
      ),
    ],
    [
      'chat ×6 took 5.40 s of 6.00 s (90 %), 900 ms each.',
      'chat ×6 ran one after another, which took 4.50 s more than the longest of them.',
      'chat ×6 cost $0.360, all of the trace; 4 of 6 calls missed the prompt cache.',
    ],
  ],
  [
    'a cache that is read',
    [
      plan(
        'agent coder',
        0,
        6000,
        {},
        each(6, (i) =>
          call('chat', i * 1000, i * 1000 + 900, 20_000 + i, 0.06, usage(20_000 + i, i === 0 ? 0 : 19_000)),
        ),
      ),
    ],
    ['chat ×6 took 5.40 s of 6.00 s (90 %), 900 ms each.', 'chat ×6 cost $0.360, all of the trace.'],
  ],
  [
    'one expensive call among cheap ones',
    [
      plan('chain report', 0, 9000, {}, [
        ...each(4, (i) => call('chat', i * 1000, i * 1000 + 900, 300 + i, 0.002)),
        call('chat', 4000, 8900, 90_000, 0.45),
      ]),
    ],
    [
      'chat ×5 took 8.50 s of 9.00 s (94 %), 1.70 s each.',
      'One of 5 calls of chat cost $0.450 of $0.458 (98 %); the input grew from 300 to 90,000 tokens.',
    ],
  ],
  [
    'an expensive model beside a cheap one',
    [
      plan('chain report', 0, 9000, {}, [
        ...each(8, (i) => call('chat', i * 1000, i * 1000 + 900, 1000, 0.001, { model: 'gpt-4o-mini' })),
        call('chat', 8000, 8900, 1000, 0.04, { model: 'gpt-4o' }),
      ]),
    ],
    [
      'chat gpt-4o-mini ×8 took 7.20 s of 9.00 s (80 %), 900 ms each.',
      'chat gpt-4o-mini ×8 ran one after another, which took 6.30 s more than the longest of them.',
      'chat gpt-4o cost $0.0400 of $0.0480 (83 %).',
    ],
  ],
  [
    'a missing price beside known ones',
    [
      plan('chain report', 0, 3000, {}, [
        call('chat gpt-4o', 0, 2000, 4000, 0.02, { model: 'gpt-4o' }),
        call('chat local-7b', 2000, 2900, 90_000, null, { model: 'local-7b' }),
      ]),
    ],
    [
      'chat gpt-4o took 2.00 s of 3.00 s (67 %).',
      'chat gpt-4o cost $0.0200 of ≥ $0.0200 (100 %); a call of chat local-7b has no known price.',
    ],
  ],
  [
    'no price at all',
    [plan('chain report', 0, 3000, {}, [call('chat local-7b', 0, 2900, 900, null, { model: 'local-7b' })])],
    [
      'chat local-7b took 2.90 s of 3.00 s (97 %).',
      'chat local-7b used all 1,000 tokens; no price of a model is known, so the cost is not.',
    ],
  ],
  [
    'an agent whose calls were not recorded',
    [plan('agent crew', 0, 9000, { inputTokens: 12_000, outputTokens: 304 }, [plan('tool search', 0, 8000)])],
    [
      'search took 8.00 s of 9.00 s (89 %).',
      'crew reports 12,304 tokens, but none of its model calls was recorded.',
    ],
  ],
  [
    'a cost that no step dominates',
    [
      plan(
        'chain report',
        0,
        10_000,
        {},
        each(10, (i) => call(`write ${'abcdefghij'[i]}`, i * 1000, i * 1000 + 1000, 1000, 0.01)),
      ),
    ],
    [
      '10 model calls took 10.0 s of 10.0 s (100 %); the longest, write a, 1.00 s.',
      'The cost is spread: write a is the largest part, $0.0100 of $0.100 (10 %).',
    ],
  ],
];

const ERRORS: readonly Row[] = [
  [
    'a tool that ended the trace',
    [
      plan('agent support', 0, 2000, failed('ToolError'), [
        call('chat', 0, 900, 100, 0.001),
        plan('tool lookup', 900, 1900, failed('ToolError')),
      ]),
    ],
    [
      'lookup failed (ToolError), and the trace with it.',
      'lookup took 1.00 s of 2.00 s (50 %).',
      'chat cost $0.00100, all of the trace.',
    ],
  ],
  [
    'a failure that the trace survived',
    [
      plan('agent support', 0, 4000, {}, [
        call('chat', 0, 900, 100, 0.001),
        plan('tool lookup', 900, 1000, failed('ToolError')),
        call('chat', 1000, 3900, 300, 0.002),
      ]),
    ],
    [
      'One of 2 calls of chat took 2.90 s of 4.00 s (73 %).',
      'One of 2 calls of chat cost $0.00200 of $0.00300 (67 %).',
      'lookup failed (ToolError); support went on with chat.',
    ],
  ],
  [
    'retries of which the last succeeded',
    [
      plan('chain ask', 0, 7000, {}, [
        plan('tool search', 0, 2000, failed('TimeoutError')),
        plan('tool search', 2000, 4000, failed('TimeoutError')),
        plan('tool search', 4000, 4500),
        call('chat', 4500, 6900, 100, 0.001),
      ]),
    ],
    [
      'search ×3 took 4.50 s of 7.00 s (64 %), 1.50 s each.',
      'chat cost $0.00100, all of the trace.',
      'search failed twice (TimeoutError), which took 4.00 s, then another attempt succeeded.',
    ],
  ],
  [
    'a retry storm that ended the trace',
    [
      plan(
        'chain ask',
        0,
        10_000,
        failed('RateLimitError'),
        each(20, (i) => plan('llm chat', i * 500, i * 500 + 450, failed('RateLimitError'))),
      ),
    ],
    [
      'chat failed 20 times (RateLimitError), and the trace with it, which took 9.00 s.',
      'chat ×20 took 9.00 s of 10.0 s (90 %), 450 ms each.',
    ],
  ],
  [
    'an attempt in a wrapper that was tried again',
    [
      plan('chain ask', 0, 3000, {}, [
        plan('chain attempt 1', 0, 1000, failed('ParseError'), [
          plan('llm chat', 0, 900, failed('ParseError')),
        ]),
        plan('chain attempt 2', 1000, 2900, {}, [plan('llm chat', 1000, 2900)]),
      ]),
    ],
    [
      'One of 2 calls of chat took 1.90 s of 3.00 s (63 %).',
      'chat failed (ParseError), then another attempt succeeded.',
    ],
  ],
  [
    'different failures of which one was fatal',
    [
      plan('chain ask', 0, 3000, failed('ValueError'), [
        plan('tool weather', 0, 900, failed('HTTPError')),
        plan('tool parse', 1000, 2000, failed('ValueError')),
      ]),
    ],
    [
      'parse failed (ValueError), and the trace with it; weather failed too.',
      '1.10 s of 3.00 s (37 %) passed in ask while none of its steps ran, at the end.',
    ],
  ],
  [
    'a root that failed by itself',
    [plan('chain ask', 0, 3000, failed('ValueError'), [plan('tool weather', 0, 2900)])],
    ['ask failed (ValueError).', 'weather took 2.90 s of 3.00 s (97 %).'],
  ],
];

const CLOCKS_AND_RUNNING: readonly Row[] = [
  [
    'a service whose clock is behind',
    [
      plan('span GET /answer', 3000, 5000, { service: 'web' }, [
        plan('reranker rank', 0, 1800, { service: 'ranking' }),
      ]),
    ],
    [
      'rank took 1.80 s of 2.00 s (90 %).',
      'rank starts 3.00 s before GET /answer, which called it: the clocks of ranking and web differ.',
    ],
  ],
  [
    'a trace that is running',
    [plan('agent support', 0, null, {}, [plan('tool lookup', 0, 3000), plan('llm chat', 3000, null)])],
    [
      'Running: waiting for chat.',
      'lookup took 3.00 s of 3.00 s (100 %).',
      'support recorded no model calls, so its tokens and cost are unknown.',
    ],
  ],
  [
    'a span whose end was lost in a trace that ended',
    [plan('agent support', 0, 4000, {}, [plan('tool notify', 100, null), plan('tool lookup', 0, 3900)])],
    [
      'lookup took 3.90 s of 4.00 s (98 %).',
      'support recorded no model calls, so its tokens and cost are unknown.',
    ],
  ],
];

function saysOf(roots: readonly PlannedSpan[]): readonly string[] {
  const { sentences } = concludeTrace(layoutTrace(spansOf(...roots)));
  return sentences.map((each) => formatConclusion({ sentences: [each] }));
}

describe('the conclusion of a trace names the cause', () => {
  it.each([...SLOW, ...PARALLEL, ...MONEY, ...ERRORS, ...CLOCKS_AND_RUNNING])('%s', (_truth, roots, says) => {
    expect(saysOf(roots)).toEqual(says);
  });

  it('also if the trace has 20,000 spans', () => {
    const turns = each(5000, (i) =>
      plan(`chain turn ${i}`, i * 100, i * 100 + 100, {}, [
        call('chat gpt-4o', i * 100, i * 100 + 61, 1000, 0.001),
        plan('tool read', i * 100 + 61, i * 100 + 80),
        plan('tool write', i * 100 + 80, i * 100 + 100, i === 4000 ? failed('IOError') : {}),
      ]),
    );
    const spans = spansOf(plan('agent worker', 0, 500_000, {}, turns));
    expect(spans.length).toBe(20_001);
    expect(
      concludeTrace(layoutTrace(spans)).sentences.map((each) => formatConclusion({ sentences: [each] })),
    ).toEqual([
      'chat gpt-4o ×5,000 took 5 m 05 s of 8 m 20 s (61 %), 61 ms each.',
      'chat gpt-4o ×5,000 cost $5.00, all of the trace.',
      'write failed (IOError); turn 4000 went on.',
    ]);
  });
});

describe('the conclusion of a running trace', () => {
  const layout = layoutTrace(
    spansOf(plan('agent support', 0, null, {}, [plan('tool lookup', 0, 3000), plan('llm chat', 3000, null)])),
  );
  const firstSentence = (afterMs: number) => {
    const [first] = concludeTrace(layoutAt(layout, layout.originMs + afterMs)).sentences;
    return formatConclusion({ sentences: first ? [first] : [] });
  };

  it('reports how long it has been waiting', () => {
    expect(firstSentence(11_000)).toBe('Running: waiting for chat, for 8.00 s so far.');
  });

  it('says what never ended after an hour without news', () => {
    expect(firstSentence(4_000_000)).toBe('chat never ended; it started 3.00 s into the trace.');
  });
});

describe('the parts of a conclusion', () => {
  const { sentences } = concludeTrace(
    layoutTrace(
      spansOf(
        plan('chain ask', 0, 7000, {}, [
          plan('tool search', 0, 2000, failed('TimeoutError')),
          plan('tool search', 2000, 6900),
        ]),
      ),
    ),
  );

  it('name the spans that a page links to, the most important first', () => {
    expect(
      sentences.map(({ cause, parts }) => [cause, parts.flatMap(({ spanIds }) => spanIds ?? [])]),
    ).toEqual([
      ['slow-call', ['search 2']],
      ['retried', ['search', 'search 2']],
    ]);
  });

  it('come with the figures of the sentence', () => {
    expect(sentences[0]?.figures).toEqual({ criticalMs: 4900, totalMs: 7000, share: 0.7, count: 2 });
  });

  it('name at most a hundred spans', () => {
    const loop = each(300, (i) => plan('tool search', i * 10, i * 10 + 10));
    const [first] = concludeTrace(layoutTrace(spansOf(plan('chain ask', 0, 3000, {}, loop)))).sentences;
    expect(first?.parts[0]?.spanIds?.length).toBe(100);
  });

  it('contain no control characters', () => {
    const [first] = concludeTrace(
      layoutTrace(spansOf(plan('chain ask', 0, 10, {}, [plan('tool a\u001b[31m\u202eb', 0, 9)]))),
    ).sentences;
    expect(formatConclusion({ sentences: first ? [first] : [] })).toBe(
      'a�[31m�b took 9.0 ms of 10 ms (90 %).',
    );
  });
});
