import { eventually } from '@throughline/tests/eventually';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { flush, init, type Span, shutdown, startSpan, startTrace } from '../../sdk/src/index.ts';
import { launchBrowser, openPage, textOf, type WatchedPage } from './support/browser.ts';
import { expectAttribute, expectCount, expectText } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  // Reports running spans at once instead of after the usual second.
  init({ endpoint: server.url, project: 'agents', running: { afterMs: 20 }, delivery: { delayMs: 20 } });
});

afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.context.close();
  opened = undefined;
  expect(faults).toEqual([]);
});

afterAll(async () => {
  await shutdown();
  await browser?.close();
  await server?.stop();
});

async function readable({ traceId }: Span): Promise<void> {
  const read = async () => (await fetch(`${server.url}/api/v1/traces/${traceId}?project=agents`)).status;
  await eventually('the status of the trace', read).toBe(200);
}

async function open(path: string): Promise<Page> {
  opened = await openPage(browser, `${server.url}${path}`);
  return opened.page;
}

const secondsIn = (text: string) => Number(/(\d+) s/.exec(text)?.[1] ?? Number.NaN);

it('a running trace counts its seconds on its page, and shows its duration once it has ended', async () => {
  const trace = startTrace('agent loop', { kind: 'agent' });
  const step = startSpan('plan', { kind: 'agent', parent: trace });
  await readable(trace);
  const page = await open(`/t/${trace.traceId}?project=agents`);
  const header = page.locator('main header').nth(1);
  await header.getByText(/^running for \d+ s$/).waitFor();
  await expectCount(header.getByRole('img', { name: 'running' })).toBe(1);
  const row = page.locator(`#span-${step.spanId}`);
  await row.waitFor();
  const first = secondsIn(await textOf(row));
  expect(first).toBeGreaterThanOrEqual(0);
  await eventually('the seconds', async () => secondsIn(await textOf(row))).toBeGreaterThan(first);

  step.end();
  await flush();
  await row.getByText(/\d+(\.\d+)? (ms|s)/).waitFor();
  await row.getByRole('img', { name: 'running' }).waitFor({ state: 'hidden' });
  await header.getByText(/^running for \d+ s$/).waitFor();

  trace.end();
  await flush();
  await header.getByText(/running/).waitFor({ state: 'hidden' });
  await expectText(header).toMatch(/agent loop \d+(\.\d+)? m?s/);
  await expectCount(page.getByRole('img', { name: 'running' })).toBe(0);
});

it('a running trace counts its seconds in the list, and its row is updated without moving others', async () => {
  const trace = startTrace('long request', { kind: 'chain' });
  await readable(trace);
  const page = await open('/?project=agents');
  const row = page.locator(`[data-trace="${trace.traceId}"]`);
  await row.getByText(/^\d+ s/).waitFor();
  await expectAttribute(row.getByRole('img').first(), 'aria-label').toBe('running');
  // A child that has ended does not make the trace look finished.
  startSpan('step', { kind: 'tool', parent: trace }).end();
  const later = startTrace('later', { kind: 'chain' });
  later.end();
  await flush();
  await page.getByRole('button', { name: '1 new' }).waitFor();
  await expectAttribute(row.getByRole('img').first(), 'aria-label').toBe('running');
  trace.end();
  await flush();
  await row.getByRole('img', { name: 'ok' }).waitFor();
  await expectCount(page.getByRole('link', { name: 'later' })).toBe(0);
});

it('a span without news for an hour is not shown as running', async () => {
  const startedAt = Date.now() - 26 * 3_600_000;
  const id = '00000000000000b2';
  const traceId = await server.send([{ name: 'lost', id }], { project: 'agents', startedAt });
  const page = await open(`/t/${traceId}?project=agents`);
  await page.getByText('never ended').first().waitFor();
  await expectText(page.locator(`#span-${id}`)).toContain('no end');
  await page.goto(`${server.url}/?project=agents&range=3d`);
  await page.locator(`[data-trace="${traceId}"]`).getByText('no end').waitFor();
});
