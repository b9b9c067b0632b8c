import type { Page } from 'playwright-core';
import type { TestSpan } from '../support/otlp.ts';
import { PROJECT } from './fill-store.ts';
import type { History, PastTrace } from './history.ts';

/** A picture of a page. */
export interface Shot {
  readonly name: string;
  /** Path and search of the page. */
  readonly address: string;
  /** An element that is present once the page is complete. */
  readonly ready: string;
  /** Whether there is a picture at 390 px as well. */
  readonly narrow?: boolean;
  /** Preferences of the reader. */
  readonly preferences?: Readonly<Record<string, unknown>>;
  /** What the reader does on the page before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
  /** Shows the times of this run, because the server records when data arrives. */
  readonly hasRealTime?: boolean;
}

/** All pictures of the documentation. */
export function shotsOf({ traces }: History): readonly Shot[] {
  const refund = newest(traces, (trace) => findSpan(trace, 'issue_refund', true) !== undefined);
  const other = newest(
    traces.filter(({ startedAt }) => startedAt < refund.startedAt),
    (trace) =>
      findSpan(trace, 'issue_refund') !== undefined && findSpan(trace, 'issue_refund', true) === undefined,
  );
  const answer = newest(traces, (trace) => findSpan(trace, 'rewrite_question') !== undefined);
  const session = newest(
    traces,
    (trace) =>
      (findSpan(trace, 'rewrite_question')?.attributes?.['gen_ai.input.messages'] as unknown[] | undefined)
        ?.length === 6,
  );
  const sessionId = String(session.spans[0]?.attributes?.['session.id']);
  const of = (path: string, search: Readonly<Record<string, string>> = {}) =>
    `${path}?${new URLSearchParams({ project: PROJECT, ...search })}`;
  const trace = ({ traceId }: PastTrace, search: Readonly<Record<string, string>> = {}) =>
    of(`/t/${traceId}`, search);
  const chat = findSpan(answer, 'chat ')?.id ?? '';
  const failed = findSpan(refund, 'issue_refund', true)?.id ?? '';
  const statement = `SELECT model, count() AS calls, round(sum(cost_usd), 3) AS cost, round(quantile(0.95)(duration_ns) / 1e6) AS p95_ms
FROM spans
WHERE counted
GROUP BY model
ORDER BY cost DESC`;
  return [
    { name: 'traces', address: of('/', { range: '3d' }), ready: '[data-trace]', narrow: true },
    {
      name: 'traces-filtered',
      address: of('/', { range: '7d', q: 'tool:issue_refund pole' }),
      ready: '[data-trace]',
      preferences: { facets: true },
    },
    {
      name: 'heat-map',
      address: of('/', {
        range: '7d',
        heat: 'latency',
        box: `${Date.UTC(2026, 10, 26)}..${Date.UTC(2026, 10, 27, 12)},10000..20000`,
      }),
      ready: 'main canvas, main svg',
    },
    { name: 'spans', address: of('/spans', { range: '24h' }), ready: 'main [data-span], main tbody tr' },
    { name: 'trace', address: trace(answer, { span: chat }), ready: '[role="tabpanel"]', narrow: true },
    { name: 'trace-failed-tool', address: trace(refund, { span: failed }), ready: '[role="tabpanel"]' },
    { name: 'trace-flame', address: trace(refund, { as: 'flame' }), ready: '[role="tabpanel"]' },
    { name: 'trace-runs', address: trace(refund, { as: 'runs' }), ready: 'main table' },
    {
      name: 'trace-conversation',
      address: trace(refund, { as: 'conversation' }),
      ready: '[role="tabpanel"]',
    },
    {
      name: 'trace-usage',
      address: trace(answer, { span: chat, tab: 'usage' }),
      ready: '[role="tabpanel"] table',
    },
    { name: 'compare', address: of(`/compare/${other.traceId}/${refund.traceId}`), ready: 'main table' },
    { name: 'sessions', address: of('/sessions', { range: '3d' }), ready: 'main tbody tr, [data-session]' },
    {
      name: 'session',
      address: of(`/sessions/${sessionId}`),
      ready: 'main article, main section',
      narrow: true,
    },
    { name: 'users', address: of('/users', { range: '7d' }), ready: 'main tbody tr, [data-user]' },
    { name: 'user', address: of('/users/maria.keller'), ready: 'main section' },
    {
      name: 'scores',
      address: of('/scores', {
        range: '7d',
        name: 'faithfulness',
        sort: 'value',
        columns: 'name,value,created,source,evaluator,target,id',
      }),
      ready: 'main tbody tr, [data-score]',
    },
    ...['overview', 'cost', 'latency', 'reliability', 'quality', 'usage', 'agents'].map((name) => ({
      name: `dashboard-${name}`,
      address: of(name === 'overview' ? '/dashboards' : `/dashboards/${name}`),
      ready: 'main section',
      narrow: name === 'overview',
    })),
    { name: 'prices', address: of('/prices'), ready: '[data-model]' },
    { name: 'sql', address: of('/sql', { range: '7d', query: statement }), ready: 'main table' },
    {
      name: 'problems',
      address: of('/problems', { open: 'traces:invalid-trace-id' }),
      ready: '[data-problem] li',
      hasRealTime: true,
    },
    { name: 'first-run', address: `/?project=my-app`, ready: 'pre', act: showDefaultPort },
  ];
}

/** Shows the default port instead of that of this run, which is a different one each time. */
async function showDefaultPort(page: Page): Promise<void> {
  await page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode())
      node.nodeValue = node.nodeValue?.replaceAll(location.host, '127.0.0.1:4318') ?? null;
  });
}

function newest(traces: readonly PastTrace[], accept: (trace: PastTrace) => boolean): PastTrace {
  const found = traces.filter(accept).sort((a, b) => b.startedAt - a.startedAt)[0];
  if (!found) throw new Error('The history has no trace for one of the pictures.');
  return found;
}

/** The first span whose name contains a text, and that failed or did not. */
function findSpan({ spans }: PastTrace, name: string, failed = false): TestSpan | undefined {
  return spans.find((span) => span.name.includes(name) && (span.error !== undefined) === failed);
}
