import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectText } from './support/expect-page.ts';
import { sendMetrics } from './support/metrics.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  await sendMetrics(server.url, 'shop');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('client metrics are shown by metric and series', async () => {
  const { page, faults, context } = await openPage(browser, `${server.url}/?project=shop`);
  await page.getByRole('link', { name: 'Client metrics' }).click();
  const usage = page.getByRole('region', { name: 'gen_ai.client.token.usage' });
  await expectText(usage).toContain('histogram, in token Tokens of a request.');
  await expectText(usage).toMatch(
    /shop gen_ai\.request\.model gpt-4o gen_ai\.token\.type input 150 4 1 \d\d:\d\d:\d\d$/,
  );
  await expectText(page.getByRole('region', { name: 'gen_ai.cache.share' })).toMatch(
    /Last value .* 0\.25 – 1 /,
  );
  await page.goto(
    `${server.url}/client-metrics?project=shop&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`,
  );
  await page.getByRole('heading', { name: 'No client metrics in this range' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
