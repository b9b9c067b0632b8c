import { PROJECT, type Samples } from './samples.ts';

export interface Question {
  readonly what: string;
  /** Time that the answer may take in ms at p95, for ten million spans on two processors without other work. */
  readonly budgetMs: number;
  /** The path of a repetition. Values differ, so that no repetition finds the answer of an earlier one in a cache. */
  readonly path: (run: number) => string;
}

const LIST_MS = 100;
const ATTRIBUTE_MS = 200;
const TEXT_MS = 300;
const TRACE_MS = 30;
const TOTALS_MS = 300;
const DIFFERENCES_MS = 2_000;
const DAY_MS = 86_400_000;

/** What the pages of the application and its users ask. */
export function questions(samples: Samples): Question[] {
  const of = <Value>(values: readonly Value[], run: number) => values[run % values.length] as Value;
  const since = (days: number, run: number) =>
    `from=${new Date(samples.endMs - days * DAY_MS + run * 1_000).toISOString()}`;
  const traces = (query: string) => `/api/v1/traces?project=${PROJECT}&${query}`;
  const spans = (query: string) => `/api/v1/spans?project=${PROJECT}&${query}`;
  const under = (path: string, query: string) => `/api/v1/${path}?project=${PROJECT}&${query}`;
  const q = (filter: string) => `q=${encodeURIComponent(filter)}`;
  const traceOf = (run: number) => of(samples.traces, run).traceId;
  const list: [what: string, budgetMs: number, path: (run: number) => string][] = [
    ['traces, first page of 50', LIST_MS, (run) => traces(run % 2 ? '' : `${since(1, run)}`)],
    ['traces, page 20', LIST_MS, () => traces(`cursor=${samples.nineteenthCursor}`)],
    ['traces, oldest first', LIST_MS, () => traces('sort=startTime')],
    ['traces, failed', LIST_MS, () => traces(q('status:error'))],
    [
      'traces, by model',
      LIST_MS,
      (run) => traces(q(`model:${of(['o3', 'claude-sonnet-4', 'gpt-4o'], run)}`)),
    ],
    ['traces, of a frequent user', LIST_MS, (run) => traces(q(`user:u_${run}`))],
    ['traces, of a rare user', LIST_MS, (run) => traces(q(`user:u_${20_000 + run * 37}`))],
    ['traces, of a session', LIST_MS, (run) => traces(q(`session:${of(samples.sessionIds, run)}`))],
    ['traces, by cost', LIST_MS, (run) => traces(q(`cost>${(0.04 + run / 10_000).toFixed(4)}`))],
    [
      'traces, with a failed tool',
      LIST_MS,
      (run) => traces(q(`has(kind:tool status:error name:${of(['refund', 'run_sql', 'calculator'], run)})`)),
    ],
    ['traces, with a low score', LIST_MS, (run) => traces(q(`score.faithfulness<0.${30 + run}`))],
    ['traces, most expensive of the last day', LIST_MS, (run) => traces(`sort=-costUsd&${since(1, run)}`)],
    ['traces, most expensive of all', LIST_MS, (run) => traces(`sort=-costUsd&${since(12, run)}`)],
    ['traces, slowest of all', LIST_MS, (run) => traces(`sort=-durationMs&${since(12, run)}`)],
    [
      'traces, slowest failed ones of all',
      LIST_MS,
      (run) => traces(`sort=-durationMs&${q('status:error')}&${since(12, run)}`),
    ],
    ['traces, attribute as a column', LIST_MS, () => traces('columns=attr.http.route')],
    [
      'traces, by a frequent attribute',
      ATTRIBUTE_MS,
      (run) => traces(q(`attr.customer.tier:${of(['free', 'pro', 'enterprise'], run)}`)),
    ],
    [
      'traces, by a rare attribute',
      ATTRIBUTE_MS,
      (run) => traces(q(`attr.customer.id:c_${3_000 + run * 7}`)),
    ],
    ['traces, by an attribute that one has', ATTRIBUTE_MS, (run) => traces(q(`attr.request.id:${run}BEEF`))],
    [
      'traces, by an attribute as a number',
      ATTRIBUTE_MS,
      (run) => traces(q(`attr.gen_ai.usage.output_tokens>${2_000 + run}`)),
    ],
    ['traces, with a frequent word', TEXT_MS, (run) => traces(q(of(samples.frequentWords, run)))],
    [
      'traces, with two frequent words',
      TEXT_MS,
      (run) => traces(q(`${of(samples.frequentWords, run)} ${of(samples.frequentWords, run + 7)}`)),
    ],
    ['traces, with a rare word', TEXT_MS, (run) => traces(q(of(samples.rareWords, run)))],
    ['traces, with a phrase', TEXT_MS, (run) => traces(q(`"${of(samples.phrases, run)}"`))],
    [
      'traces, with the start of a word',
      TEXT_MS,
      (run) => traces(q(`${of(samples.rareWords, run).slice(0, 5)}*`)),
    ],
    ['traces, with a word that one has', TEXT_MS, (run) => traces(q(of(samples.uniqueWords, run)))],
    ['traces, with a word that none has', TEXT_MS, (run) => traces(q(`xylophone${run}`))],
    ['spans, first page of 50', LIST_MS, (run) => spans(run % 2 ? '' : since(1, run))],
    ['spans, model calls', LIST_MS, () => spans(q('kind:llm'))],
    ['spans, failed tools', LIST_MS, () => spans(q('kind:tool status:error'))],
    ['spans, of a frequent user', LIST_MS, (run) => spans(q(`user:u_${run}`))],
    ['spans, of a rare user', LIST_MS, (run) => spans(q(`user:u_${20_000 + run * 37}`))],
    ['spans, most expensive of the last day', LIST_MS, (run) => spans(`sort=-costUsd&${since(1, run)}`)],
    ['spans, most expensive of all', LIST_MS, (run) => spans(`sort=-costUsd&${since(12, run)}`)],
    [
      'spans, slowest model calls of all',
      LIST_MS,
      (run) => spans(`sort=-durationMs&${q('kind:llm')}&${since(12, run)}`),
    ],
    ['spans, by a rare attribute', ATTRIBUTE_MS, (run) => spans(q(`attr.customer.id:c_${3_000 + run * 7}`))],
    ['spans, with a phrase', TEXT_MS, (run) => spans(q(`"${of(samples.phrases, run)}"`))],
    ['spans, with a rare word', TEXT_MS, (run) => spans(q(of(samples.rareWords, run)))],
    ['sessions, last active', LIST_MS, (run) => under('sessions', since(12, run))],
    [
      'sessions of the last day, most expensive',
      LIST_MS,
      (run) => under('sessions', `sort=-costUsd&${since(1, run)}`),
    ],
    ['users, last active', LIST_MS, (run) => under('users', since(12, run))],
    [
      'users with failed traces',
      LIST_MS,
      (run) => under('users', `${q('status:error')}&sort=-traceCount&${since(12, run)}`),
    ],
    ['scores, last changed', LIST_MS, () => under('scores', '')],
    ['scores, lowest of a name', LIST_MS, () => under('scores', 'name=faithfulness&sort=value')],
    [
      'facet of traces: models of the last day',
      TOTALS_MS,
      (run) => under('traces/values', `field=model&${since(1, run)}`),
    ],
    [
      'facet of traces: users of all',
      TOTALS_MS,
      (run) => under('traces/values', `field=user&${since(12, run)}`),
    ],
    [
      'facet of spans: models of the last day',
      TOTALS_MS,
      (run) => under('spans/values', `field=model&${since(1, run)}`),
    ],
    [
      'facet of spans: tools of all',
      TOTALS_MS,
      (run) => under('spans/values', `field=tool&${since(12, run)}`),
    ],
    ['totals and strip of the last day', TOTALS_MS, (run) => under('traces/summary', since(1, run))],
    ['totals and strip of all', TOTALS_MS, (run) => under('traces/summary', since(12, run))],
    [
      'totals and strip of failed traces, of all',
      TOTALS_MS,
      (run) => under('traces/summary', `${q('status:error')}&${since(12, run)}`),
    ],
    ['heat map of the last day', TOTALS_MS, (run) => under('traces/heatmap', since(1, run))],
    [
      'heat map of all, by cost',
      TOTALS_MS,
      (run) => under('traces/heatmap', `measure=cost&${since(12, run)}`),
    ],
    [
      'what is different about slow traces of the last day',
      DIFFERENCES_MS,
      (run) => under('traces/differences', `selected=latency>${20 + run / 10}s&${since(1, run)}`),
    ],
    [
      'what is different about failed traces, of all',
      DIFFERENCES_MS,
      (run) => under('traces/differences', `selected=status:error&${since(12, run)}`),
    ],
    ['trace by id, new', TRACE_MS, () => `/api/v1/traces/${samples.newest.traceId}?project=${PROJECT}`],
    ['trace by id, any age', TRACE_MS, (run) => `/api/v1/traces/${traceOf(run)}?project=${PROJECT}`],
    [
      'trace by the start of its id',
      TRACE_MS,
      (run) => `/api/v1/traces/${traceOf(run).slice(0, 8)}/projects`,
    ],
    [
      'span with content',
      TRACE_MS,
      (run) => `/api/v1/traces/${traceOf(run)}/spans/${of(samples.traces, run).spanId}?project=${PROJECT}`,
    ],
    ['trace of 5,000 spans', 300, () => '/api/v1/traces/large5000?project=large'],
    ['trace of 100,000 spans', 1_000, () => '/api/v1/traces/large100000?project=large'],
    ['projects', LIST_MS, () => '/api/v1/projects'],
  ];
  return list.map(([what, budgetMs, path]) => ({ what, budgetMs, path }));
}
