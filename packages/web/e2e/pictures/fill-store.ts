import { waitFor } from '@throughline/tests/wait-for';
import { exportRequest } from '../support/otlp.ts';
import type { History, PastTrace } from './history.ts';

export const PROJECT = 'alpine';

const BATCH = 100;

/** Sends prices, traces, rejected data and scores to a server, and waits until they can be read. */
export async function fillStore(url: string, { traces, scores }: History): Promise<void> {
  await post(url, '/api/v1/prices', {
    model: 'alpine-rewrite-3b',
    provider: 'vllm',
    usdPerMillion: { input: 0.1, output: 0.3 },
    from: '2026-01-01',
  });
  for (let at = 0; at < traces.length; at += BATCH) {
    const requests = traces.slice(at, at + BATCH).map(requestOf);
    await post(url, '/v1/traces', { resourceSpans: requests.flatMap(({ resourceSpans }) => resourceSpans) });
  }
  await sendInvalid(url, traces);
  await waitFor('all traces to be readable', async () => (await countTraces(url)) === traces.length, {
    limitMs: 300_000,
  });
  for (let at = 0; at < scores.length; at += 500)
    await post(url, '/api/v1/scores', scores.slice(at, at + 500));
}

function requestOf({ traceId, spans, startedAt, service, release }: PastTrace) {
  return exportRequest(traceId, spans, startedAt, {
    'service.name': service,
    'service.version': release,
    'deployment.environment.name': 'production',
  });
}

/** Sends what a faulty exporter sends, for the page of data problems. */
async function sendInvalid(url: string, traces: readonly PastTrace[]): Promise<void> {
  const [trace] = traces;
  if (!trace) return;
  const withId = (traceId: string, startedAt = trace.startedAt) =>
    requestOf({ ...trace, traceId, startedAt, spans: trace.spans.slice(0, 1) });
  await post(url, '/v1/traces', withId('00000000000000000000000000000000'));
  await post(url, '/v1/traces', withId('4bf92f35'));
  await post(url, '/v1/traces', withId(trace.traceId, 0));
  await fetch(`${url}/v1/traces`, { method: 'POST', headers: HEADERS, body: '{"resourceSpans":[' });
}

async function countTraces(url: string): Promise<number> {
  const range = 'from=2026-01-01T00:00:00Z&buckets=1';
  const response = await fetch(`${url}/api/v1/traces/summary?project=${PROJECT}&${range}`);
  return ((await response.json()) as { traces: number }).traces;
}

const HEADERS = {
  'content-type': 'application/json',
  'x-throughline-project': PROJECT,
  'user-agent': 'OTel-OTLP-Exporter-JavaScript/0.207.0',
};

async function post(url: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}${path}${path.startsWith('/api') ? `?project=${PROJECT}` : ''}`, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
}
