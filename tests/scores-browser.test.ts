/** A feedback button in a page, in a real browser: the origin of the page decides whether its score is accepted. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { startServer } from '../packages/server/src/main.ts';
import { startTestServer } from '../packages/server/src/testing/test-server.ts';
import { launchBrowser } from '../packages/web/e2e/support/browser.ts';
import { waitFor } from './support/wait-for.ts';

const TRACE = 'a'.repeat(32);

let browser: Browser;
let throughline: Awaited<ReturnType<typeof startServer>>;
let pages: Server[];
let [chat, stranger] = ['', ''];

async function servePage(): Promise<{ page: Server; origin: string }> {
  const page = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<button>Helpful</button>');
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  return { page, origin: `http://127.0.0.1:${(page.address() as AddressInfo).port}` };
}

beforeAll(async () => {
  const served = await Promise.all([servePage(), servePage()]);
  pages = served.map(({ page }) => page);
  [chat, stranger] = served.map(({ origin }) => origin) as [string, string];
  [throughline, browser] = await Promise.all([
    startTestServer({ settings: { THROUGHLINE_CORS_ORIGINS: chat } }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  for (const page of pages ?? []) page.close();
  await throughline?.stop();
});

/** The result that the script of the page gets when it sends a score: the status, or the reason of the rejection. */
async function sendFrom(origin: string, name: string): Promise<number | string> {
  const page = await browser.newPage();
  await page.goto(origin);
  const seen = await page.evaluate(
    async ({ url, score }) => {
      const headers = { 'content-type': 'application/json', 'x-throughline-project': 'shop' };
      const options = { method: 'POST', headers, body: JSON.stringify(score) };
      return fetch(`${url}/api/v1/scores`, options).then(
        ({ status }) => status,
        (error: Error) => error.name,
      );
    },
    { url: throughline.url, score: { traceId: TRACE, name, value: true, source: 'human' } },
  );
  await page.close();
  return seen;
}

it('is accepted from a configured origin, and from no other', async () => {
  expect(await sendFrom(stranger, 'from-a-stranger')).toBe('TypeError');
  expect(await sendFrom(chat, 'helpful')).toBe(200);
  const scores = await waitFor('the score', async () => {
    const response = await fetch(`${throughline.url}/api/v1/scores?project=shop&traceId=${TRACE}`);
    const { scores } = (await response.json()) as { scores: unknown[] };
    return scores.length > 0 ? scores : undefined;
  });
  expect(scores).toMatchObject([{ name: 'helpful', value: true, source: 'human' }]);
});

it('cannot read data, even from that origin', async () => {
  const page = await browser.newPage();
  await page.goto(chat);
  const seen = await page.evaluate(
    (url) => fetch(`${url}/api/v1/scores?project=shop`).then(String, (error: Error) => error.name),
    throughline.url,
  );
  expect(seen).toBe('TypeError');
  await page.close();
});
