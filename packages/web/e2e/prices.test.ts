import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectAddress, expectCount, expectInput, expectText, expectTexts } from './support/expect-page.ts';
import { newSpanId, type TestSpan } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { HOSTILE } from './support/traces.ts';

let server: TestServer;
let browser: Browser;

const call = (model: string, provider: string, attributes: TestSpan['attributes'] = {}): TestSpan => ({
  name: `chat ${model}`,
  id: newSpanId(),
  durationMs: 500,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': 1247,
    'gen_ai.usage.cache_read.input_tokens': 800,
    'gen_ai.usage.output_tokens': 333,
    ...attributes,
  },
});

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('a model without a price gets one from its row, and the next call has a cost with its arithmetic', async () => {
  await server.send([call('acme-7b', 'acme')], { project: 'shop' });
  await server.send([call('gpt-4o', 'openai')], { project: 'shop' });
  const { page, faults, context } = await openPage(browser, `${server.url}/prices?project=shop`);
  const unknown = page.getByRole('region', { name: 'Calls without a cost' });
  await expectText(unknown).toContain('1 call is missing in every total');
  await expectTexts(unknown.locator('[data-model]')).toEqual([
    'acme-7b acme 1 1,580 – – – – no price known Set a price',
  ]);
  const priced = page.getByRole('region', { name: 'Models with a price' }).locator('[data-model="gpt-4o"]');
  await expectText(priced).toMatch(
    /^gpt-4o openai 1 1,580 \$0\.00545 \$2\.50 \$1\.25 \$10\.00 openai in genai-prices/,
  );
  expect(await violationsOf(page)).toEqual([]);

  await unknown.getByRole('button', { name: 'Set a price for acme-7b' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set a price' });
  await expectInput(dialog.getByLabel('Model; * stands for any characters')).toBe('acme-7b');
  await expectInput(dialog.getByLabel('Provider (optional)')).toBe('acme');
  // The first price has the focus.
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await expectText(dialog.getByRole('alert')).toBe(
    'Enter the price of output. Write 0 if the model has no output.',
  );
  expect(await violationsOf(page)).toEqual([]);
  expect(await darkViolationsOf(page)).toEqual([]);
  await dialog.getByLabel('Output', { exact: true }).fill('15');
  await dialog.getByLabel('Cached input').fill('0.3');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await expectText(page.locator('[data-price="acme-7b"]')).toBe(
    'acme-7b acme $3.00 $15.00 always cachedInput $0.30 Edit',
  );
  await expectText(unknown.locator('[data-model]')).toContain('applies to new calls');
  expect(await darkViolationsOf(page)).toEqual([]);

  const traceId = await server.send([call('acme-7b', 'acme')], { project: 'shop' });
  await page.goto(`${server.url}/t/${traceId}?project=shop&tab=usage`);
  const calculation = page
    .locator('section', { has: page.getByRole('heading', { name: 'Calculation' }) })
    .last();
  await expectText(calculation).toBe(
    'Calculation 1,247 in: 447 fresh × $3.00/M + 800 cached × $0.30/M; 333 out × $15.00/M = $0.006576 ' +
      'Own price of acme-7b at acme, revision 1.',
  );
  expect(faults).toEqual([]);
  await context.close();
});

it('stored calls get the new price after a look at what changes', async () => {
  await server.send([call('late', 'acme')], { project: 'history' });
  await server.send([call('gpt-4o', 'openai')], { project: 'history' });
  await fetch(`${server.url}/api/v1/prices?project=history`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'late', usdPerMillion: { input: 1, output: 1 } }),
  });
  const { page, faults, context } = await openPage(browser, `${server.url}/prices?project=history`);
  await expectText(page.locator('[data-model="late"]')).toContain('applies to new calls');
  await page.getByRole('button', { name: 'Reprice stored calls' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reprice stored calls' });
  await expectText(dialog.getByRole('status')).toBe(
    '1 call would change: $0.00545 → $0.00703. 2 calls examined.',
  );
  await expectTexts(dialog.locator('[data-repriced]')).toEqual(['late 1 $0 $0.00158']);
  expect(await violationsOf(page)).toEqual([]);
  expect(await darkViolationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Reprice 1 call' }).click();
  await expectText(dialog.getByRole('status')).toBe('1 call changed: $0.00545 → $0.00703. 2 calls examined.');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expectText(page.locator('[data-model="late"]')).toContain('$0.00158');
  await expectCount(page.getByRole('region', { name: 'Calls without a cost' })).toBe(0);
  await page.getByRole('button', { name: 'Reprice stored calls' }).click();
  await expectText(dialog.getByRole('status')).toBe('Every cost is up to date. 2 calls examined.');
  expect(faults).toEqual([]);
  await context.close();
});

it('a span without a price leads to the form of its model, and a price can be changed and deleted', async () => {
  const traceId = await server.send([call('lost', 'nobody')], { project: 'linked' });
  const { page, faults, context } = await openPage(
    browser,
    `${server.url}/t/${traceId}?project=linked&tab=usage`,
  );
  await page.getByText('The price of the model lost is not known.').waitFor();
  await page.getByRole('link', { name: 'Set a price for lost' }).click();
  const dialog = page.getByRole('dialog');
  await expectInput(dialog.getByLabel('Model; * stands for any characters')).toBe('lost');
  await dialog.getByLabel('Input', { exact: true }).fill('1');
  await dialog.getByLabel('Output', { exact: true }).fill('2');
  await dialog.getByRole('button', { name: 'Save price' }).click();
  await dialog.waitFor({ state: 'detached' });
  await expectAddress(page).toBe('/prices?project=linked');

  const row = page.locator('[data-price="lost"]');
  await row.getByRole('button', { name: 'Edit lost' }).click();
  await page.getByText('Dates, service tiers').click();
  await dialog.getByLabel('From (calls').fill('soon');
  await dialog.getByRole('button', { name: 'Save price' }).click();
  await expectText(dialog.getByRole('alert')).toContain('from: expected ISO 8601');
  await dialog.getByLabel('From (calls').fill('2026-01-01');
  await dialog.getByLabel('Prices of long prompts').fill('200000: input=2');
  await dialog.getByLabel('Factors of service tiers').fill('batch=0.5');
  await dialog.getByRole('button', { name: 'Save price' }).click();
  await expectText(row).toBe(
    'lost nobody $1.00 $2.00 from 2026-01-01 other prices above 200,000 tokens · batch × 0.5 Edit',
  );
  await row.getByRole('button', { name: 'Edit lost' }).click();
  await dialog.getByRole('button', { name: 'Delete price' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByText('This project uses the price table only.').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('fits a narrow window, and names of models are shown as text', async () => {
  await server.send([call(HOSTILE, 'x'), call('a-very-long-model-name-'.repeat(8), 'y')], {
    project: 'narrow',
  });
  const { page, faults, context } = await openPage(browser, `${server.url}/prices?project=narrow`, {
    viewport: { width: 390, height: 844 },
  });
  await expectCount(page.locator('[data-model]')).toBe(2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await page.evaluate(() => (document.querySelector('#page') as HTMLElement).scrollWidth)).toBe(390);
  expect(await page.evaluate(() => Reflect.get(window, 'harmed'))).toBeUndefined();
  expect(faults).toEqual([]);
  await context.close();
});

it('an empty project says what will appear', async () => {
  const { page, context } = await openPage(browser, `${server.url}/prices?project=empty`);
  await page.getByRole('heading', { name: 'No calls with tokens in this range' }).waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Set a price' }).waitFor();
  await context.close();
});
