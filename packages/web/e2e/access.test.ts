import { eventually } from '@throughline/tests/eventually';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { sendMetrics } from './support/metrics.ts';
import { newSpanId } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { answerTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let addresses: Readonly<Record<PageName, string>>;

/** Every page in each of its states, with an element that is present once the page is complete. */
const READY = {
  'the list': '[data-trace]',
  'the list with a preview': '[role="tabpanel"]',
  'the first run': 'pre',
  'an empty range': 'h2',
  'a trace': '[role="tabpanel"]',
  'a conversation': '.prose-message',
  documents: '[role="tabpanel"] li',
  'a reranking': '[role="tabpanel"] li',
  'a failed tool': '[role="tabpanel"]',
  usage: '[role="tabpanel"] table',
  attributes: '[role="tabpanel"] table',
  scores: '[role="tabpanel"] li',
  'used documents': '[role="tabpanel"] li',
  'a running trace': '[role="tabpanel"]',
  'client metrics': 'main table',
  'a missing trace': 'h1',
} as const;
type PageName = keyof typeof READY;
const NAMES = Object.keys(READY) as PageName[];

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const { spans, ids } = answerTrace();
  const traceId = await server.send(spans);
  const answering = { 'openinference.span.kind': 'CHAIN', 'throughline.documents.used': [{ id: 'doc-a' }] };
  const running = await server.send([{ name: 'still running', id: newSpanId(), attributes: answering }]);
  const scored = await fetch(`${server.url}/api/v1/scores?project=demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      ['human', 'llm', 'code'].flatMap((source) => [
        { traceId, name: 'thumb', value: source === 'llm', source, comment: 'As it should be.' },
        { traceId, spanId: ids.search, name: 'relevance', value: 0.5, label: 'pass', source },
      ]),
    ),
  });
  if (!scored.ok) throw new Error(`POST /scores: ${scored.status}`);
  await sendMetrics(server.url, 'demo');
  const trace = `${server.url}/t/${traceId}?project=demo`;
  const list = `${server.url}/?project=demo`;
  addresses = {
    'the list': list,
    'the list with a preview': `${list}&peek=${traceId}`,
    'the first run': `${server.url}/?project=nothing`,
    'an empty range': `${list}&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`,
    'a trace': trace,
    'a conversation': `${trace}&span=${ids.chat}`,
    documents: `${trace}&span=${ids.search}`,
    'a reranking': `${trace}&span=${ids.rerank}`,
    'a failed tool': `${trace}&span=${ids.tool}`,
    usage: `${trace}&span=${ids.chat}&tab=usage`,
    attributes: `${trace}&span=${ids.chat}&tab=attributes`,
    scores: `${trace}&span=${ids.search}&tab=scores`,
    'used documents': `${server.url}/t/${running}?project=demo&tab=used`,
    'a running trace': `${server.url}/t/${running}?project=demo`,
    'client metrics': `${server.url}/client-metrics?project=demo`,
    'a missing trace': `${server.url}/t/${'0'.repeat(32)}?project=demo`,
  };
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('each page', () => {
  let visited: WatchedPage;
  beforeAll(async () => {
    visited = await openPage(browser, addresses['the list']);
  });
  afterAll(() => visited.context.close());

  it.each(NAMES)(
    '%s has no accessibility violations in light and dark, and obeys the content policy',
    async (name) => {
      const { page, faults } = visited;
      await page.goto(addresses[name]);
      await page.locator(READY[name]).first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
      expect(await darkViolationsOf(page)).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});

it('dialogs and menus have no accessibility violations', async () => {
  const { page, context, faults } = await openPage(browser, `${server.url}/?project=demo`);
  await page.locator('[data-trace]').first().waitFor();
  const check = async (shown: Locator) => {
    await shown.waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await shown.waitFor({ state: 'hidden' });
  };
  await page.keyboard.press('Control+k');
  await check(page.getByRole('dialog', { name: 'Command palette' }));
  await page.keyboard.press('?');
  await check(page.getByRole('dialog', { name: 'Keyboard shortcuts' }));
  await page.getByRole('button', { name: /Time range/ }).click();
  await check(page.getByRole('button', { name: 'Apply' }));
  await page.getByRole('button', { name: 'Project demo' }).click();
  await check(page.getByRole('link', { name: /demo .* spans/ }));
  await page.goto(addresses.scores);
  await page.getByRole('button', { name: 'All 6 scores' }).click();
  await check(page.getByRole('dialog'));
  await page.getByRole('tabpanel').focus();
  await page.keyboard.press('s');
  await check(page.getByRole('dialog', { name: 'Add a score' }));
  expect(faults).toEqual([]);
  await context.close();
});

it.each([
  'the list',
  'the list with a preview',
  'a conversation',
  'scores',
  'client metrics',
  'the first run',
] as const)('%s is never wider than the window', async (name) => {
  const { page, context } = await openPage(browser, addresses[name]);
  await page.locator(READY[name]).first().waitFor();
  for (const width of [320, 768, 1440, 2560]) {
    await page.setViewportSize({ width, height: 800 });
    await eventually(`pixels beyond ${width}`, () =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBe(0);
    if (name === 'the list with a preview') {
      const close = page.getByRole('button', { name: 'Close the preview' });
      await eventually(`the right edge of the button at ${width}`, async () => {
        const box = await close.boundingBox();
        return box ? box.x + box.width : Number.POSITIVE_INFINITY;
      }).toBeLessThanOrEqual(width);
    }
  }
  await context.close();
});
