import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectText } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { smallTrace } from './support/traces.ts';

const KEY = 'key-of-the-page-0123456789';
let server: TestServer;
let browser: Browser;
let traceId: string;
let otherSite: Server;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer({ THROUGHLINE_API_KEY: KEY }), launchBrowser()]);
  traceId = await server.send(smallTrace('behind the key'));
  otherSite = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<a href="${server.url}${request.url}">the trace</a>`);
  });
  await new Promise<void>((resolve) => otherSite.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await browser?.close();
  otherSite?.close();
  await server?.stop();
});

it('a page asks for the API key once and is shown afterwards', async () => {
  const { page, context, faults } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
  const input = page.getByLabel('API key');
  await input.waitFor();
  expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  expect(await darkViolationsOf(page)).toEqual([]);

  await input.fill('a-wrong-key-0123456789');
  await input.press('Enter');
  await expectText(page.getByRole('alert')).toContain('This is not a key of this server.');

  await input.fill(KEY);
  await input.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'behind the key' }).waitFor();
  expect(page.url()).toBe(`${server.url}/t/${traceId}?project=demo`);
  expect(await page.evaluate(() => document.cookie)).toBe('');

  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'behind the key' }).waitFor();
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  expect(cookie?.value).not.toContain(KEY);
  expect(faults).toEqual([]);
  await context.close();
});

it('live updates work after signing in', async () => {
  const { page, context } = await openPage(browser, `${server.url}/?project=fresh`);
  await page.getByLabel('API key').fill(KEY);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expectText(page.getByRole('status')).toContain('Waiting for the first span of fresh');
  await server.send(smallTrace('the first of fresh'), { project: 'fresh' });
  await page.getByRole('heading', { level: 1, name: 'the first of fresh' }).waitFor();
  await context.close();
});

it('a link from another site opens the page without asking for the key again', async () => {
  const { page, context } = await openPage(browser, `${server.url}/?project=demo`);
  await page.getByLabel('API key').fill(KEY);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('link', { name: 'behind the key' }).waitFor();
  const { port } = otherSite.address() as AddressInfo;
  // `localhost` and `127.0.0.1` are different sites to a browser.
  await page.goto(`http://localhost:${port}/t/${traceId}?project=demo`);
  await page.getByRole('link', { name: 'the trace' }).click();
  await page.getByRole('heading', { level: 1, name: 'behind the key' }).waitFor();
  await context.close();
});
