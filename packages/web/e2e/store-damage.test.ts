import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rawSpan } from '../../server/src/testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../server/src/testing/test-server.ts';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectText } from './support/expect-page.ts';

let dataDir: string;
let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-damaged-'));
  const first = await startTestServer({ dataDir });
  await first.send('shop', [rawSpan()]);
  const [part] = await first.engine.query<{ path: string }>(
    "SELECT path FROM system.parts WHERE active AND table = 'spans' AND database = currentDatabase()",
  );
  await first.stop();
  await writeFile(join(part?.path ?? '', 'columns.txt'), 'damaged');
  [server, browser] = await Promise.all([startTestServer({ dataDir }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('the page of data problems lists damaged parts of the store, and the navigation marks it', async () => {
  const { page, faults, context } = await openPage(browser, `${server.url}/?project=shop`);
  const entry = page.getByRole('link', { name: 'Data problems' });
  await expectText(entry).toMatch(/The store is damaged/);
  await entry.click();
  const section = page.getByRole('region', { name: '1 part of the store is damaged' });
  await expectText(section).toMatch(/throughline doctor/);
  await expectText(section.getByRole('row').nth(1)).toMatch(/spans.*1.*detached, its rows are missing/);
  await expectText(page.getByRole('main')).toMatch(/No data was rejected/);
  expect(await violationsOf(page)).toEqual([]);
  expect(await darkViolationsOf(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
