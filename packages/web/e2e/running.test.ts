import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { flush, init, type Span, shutdown, startSpan, startTrace } from '../../sdk/src/index.ts';
import { launchBrowser, openPage, textOf, type WatchedPage } from './support/browser.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  // Told at once what runs: a test need not wait for the usual second.
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
  await expect.poll(read, { timeout: 10_000 }).toBe(200);
}

async function open(path: string): Promise<Page> {
  opened = await openPage(browser, `${server.url}${path}`);
  return opened.page;
}

const secondsIn = (text: string) => Number(/(\d+) s/.exec(text)?.[1] ?? Number.NaN);

it('a running trace counts its seconds on its page, and shows its length when its end comes', async () => {
  const trace = startTrace('agent loop', { kind: 'agent' });
  const step = startSpan('plan', { kind: 'agent', parent: trace });
  await readable(trace);
  const page = await open(`/t/${trace.traceId}?project=agents`);
  const header = page.locator('main header').nth(1);
  await header.getByText(/^running for \d+ s$/).waitFor();
  expect(await header.getByRole('img', { name: 'running' }).count()).toBe(1);
  const row = page.locator(`#span-${step.spanId}`);
  await row.waitFor();
  const first = secondsIn(await textOf(row));
  expect(first).toBeGreaterThanOrEqual(0);
  await expect.poll(async () => secondsIn(await textOf(row)), { timeout: 5_000 }).toBeGreaterThan(first);

  step.end();
  await flush();
  await row.getByText(/\d+(\.\d+)? (ms|s)/).waitFor();
  await row.getByRole('img', { name: 'running' }).waitFor({ state: 'hidden' });
  await header.getByText(/^running for \d+ s$/).waitFor();

  trace.end();
  await flush();
  await header.getByText(/running/).waitFor({ state: 'hidden' });
  expect(await textOf(header)).toMatch(/agent loop \d+(\.\d+)? m?s/);
  expect(await page.getByRole('img', { name: 'running' }).count()).toBe(0);
});

it('a running trace counts its seconds in the list, and its row ends without any other moving', async () => {
  const trace = startTrace('long request', { kind: 'chain' });
  await readable(trace);
  const page = await open('/?project=agents');
  const row = page.locator(`[data-trace="${trace.traceId}"]`);
  await row.getByText(/^\d+ s/).waitFor();
  expect(await row.getByRole('img').first().getAttribute('aria-label')).toBe('running');
  // A child that has ended does not make the whole look finished.
  startSpan('step', { kind: 'tool', parent: trace }).end();
  const later = startTrace('later', { kind: 'chain' });
  later.end();
  await flush();
  await page.getByRole('button', { name: '1 new' }).waitFor();
  expect(await row.getByRole('img').first().getAttribute('aria-label')).toBe('running');
  trace.end();
  await flush();
  await row.getByRole('img', { name: 'ok' }).waitFor();
  expect(await page.getByRole('link', { name: 'later' }).count()).toBe(0);
});

it('what was not heard of for an hour is not said to run', async () => {
  const startedAt = Date.now() - 26 * 3_600_000;
  const id = '00000000000000b2';
  const traceId = await server.send([{ name: 'lost', id }], { project: 'agents', startedAt });
  const page = await open(`/t/${traceId}?project=agents`);
  await page.getByText('no end has come').first().waitFor();
  expect(await textOf(page.locator(`#span-${id}`))).toContain('no end');
  await page.goto(`${server.url}/?project=agents&range=3d`);
  await page.locator(`[data-trace="${traceId}"]`).getByText('no end').waitFor();
});
