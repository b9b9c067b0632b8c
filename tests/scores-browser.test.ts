/** A thumb in somebody's page, in a real browser: the page's origin decides whether it becomes a score. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../packages/server/src/config/config.ts';
import { startServer } from '../packages/server/src/main.ts';
import { launchBrowser } from '../packages/web/e2e/support/browser.ts';
import { waitFor } from './support/wait-for.ts';

const TRACE = 'a'.repeat(32);

let browser: Browser;
let folder: string;
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
  folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  const config = readConfig(
    { THROUGHLINE_WORKERS: '1', THROUGHLINE_CORS_ORIGINS: chat },
    { data: folder, port: 0 },
  );
  [throughline, browser] = await Promise.all([
    startServer(config, pino({ level: 'error' })),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  for (const page of pages ?? []) page.close();
  await throughline?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the page's script gets to see when it sends a score: the status, or why it was not allowed to look. */
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

it('is taken from an origin that is configured, and from no other', async () => {
  expect(await sendFrom(stranger, 'from-a-stranger')).toBe('TypeError');
  expect(await sendFrom(chat, 'helpful')).toBe(200);
  const scores = await waitFor('the score', async () => {
    const response = await fetch(`${throughline.url}/api/v1/scores?project=shop&traceId=${TRACE}`);
    const { scores } = (await response.json()) as { scores: unknown[] };
    return scores.length > 0 ? scores : undefined;
  });
  expect(scores).toMatchObject([{ name: 'helpful', value: true, source: 'human' }]);
});

it('reads nothing back, also from that origin', async () => {
  const page = await browser.newPage();
  await page.goto(chat);
  const seen = await page.evaluate(
    (url) => fetch(`${url}/api/v1/scores?project=shop`).then(String, (error: Error) => error.name),
    throughline.url,
  );
  expect(seen).toBe('TypeError');
  await page.close();
});
