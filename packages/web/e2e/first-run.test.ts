import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectText } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { smallTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('an empty store shows how to send the first trace, and opens it when it arrives', async () => {
  const { page, faults, context } = await openPage(browser, `${server.url}/?project=shop`);
  await page.getByRole('heading', { name: 'Send the first trace' }).waitFor();
  const snippet = page.getByRole('tabpanel').locator('pre');
  await expectText(snippet).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`);
  for (const name of ['TypeScript', 'Node', 'Python', 'curl']) {
    await page.getByRole('tab', { name }).click();
    await expectText(snippet).toContain(server.url);
    await expectText(snippet).toContain('shop');
  }
  await expectText(page.getByRole('main')).toContain(
    `run npx throughline demo --url ${server.url} in a clone`,
  );
  await expectText(page.getByRole('status')).toContain('Waiting for the first span of shop');

  const traceId = await server.send(smallTrace('the very first'), { project: 'shop' });
  await page.waitForURL(new RegExp(`/t/${traceId}\\?project=shop`));
  await page.getByRole('heading', { level: 1, name: 'the very first' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('a project without spans links to projects that have some', async () => {
  await server.send(smallTrace('somewhere'), { project: 'elsewhere' });
  const { page, context } = await openPage(browser, `${server.url}/?project=nothing-here`);
  await page.getByRole('link', { name: 'elsewhere' }).click();
  await page.getByRole('link', { name: 'somewhere' }).waitFor();
  await context.close();
});
