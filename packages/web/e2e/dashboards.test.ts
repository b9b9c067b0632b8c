import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectCount, expectText, expectTexts } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;

/** A call of gpt-4o, which costs $2.50 for a million input tokens. */
const call = (feature: string, inputTokens: number, model = 'gpt-4o') => [
  {
    name: `answer ${feature}`,
    id: '1'.repeat(16),
    durationMs: 900,
    attributes: { 'throughline.feature': feature, 'user.id': `user of ${feature}` },
  },
  {
    name: 'chat',
    parent: '1'.repeat(16),
    durationMs: 800,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': inputTokens,
      'gen_ai.usage.output_tokens': 0,
    },
  },
];

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  for (const [feature, tokens, quality] of [
    ['search', 400_000, 0.5],
    ['chat', 100_000, 0.8],
    ['support', 20_000, 0.9],
  ] as const) {
    const traceId = await server.send(call(feature, tokens), { project: 'bill' });
    const response = await fetch(`${server.url}/api/v1/scores?project=bill`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ traceId, name: 'quality', value: quality }),
    });
    expect(response.status).toBeLessThan(300);
  }
  await server.send(call('chat', 1000, 'a model of ours'), { project: 'bill' });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const address = (path: string) => `${server.url}${path}`;

describe('the cost dashboard', () => {
  it('shows which feature costs most, and leads to its traces', async () => {
    const { page, faults, context } = await openPage(browser, address('/?project=bill'));
    await page.getByRole('link', { name: 'Dashboards' }).click();
    const changes = page.getByRole('region', { name: 'What changed' });
    await expectText(changes).toContain('search makes 77 % of the cost');
    await expectText(changes).toContain('0 % of the traces failed: 0 of 4');
    await page.getByRole('navigation', { name: 'Dashboards' }).getByRole('link', { name: 'Cost' }).click();
    const table = page.getByRole('region', { name: 'Cost by feature' });
    await expectTexts(table.getByRole('rowheader')).toEqual(['search', 'chat', 'support']);
    await expectText(table.getByRole('row').nth(1)).toMatch(
      /^search \$1\.00 1 \$1\.00 \$1\.00 400,000 .* 77 %/,
    );
    await expectText(table.getByRole('row').nth(2)).toMatch(/^chat ≥ \$0\.250 2 /);
    const summary = page.getByRole('region', { name: 'Summary' });
    await expectText(summary).toContain('Cost ≥ $1.30');
    await expectText(summary).toContain('1 call has no known price (a model of ours)');
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await table.getByRole('link', { name: 'search' }).click();
    await page.getByRole('link', { name: 'answer search' }).waitFor();
    const { pathname, searchParams } = new URL(page.url());
    expect([pathname, searchParams.get('q'), searchParams.get('sort')]).toEqual([
      '/',
      'feature:search',
      '-costUsd',
    ]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is grouped by another dimension that the address holds, also by an attribute', async () => {
    const { page, faults, context } = await openPage(browser, address('/dashboards/cost?project=bill'));
    await page.getByRole('combobox', { name: 'Dimension' }).selectOption('model');
    await expectTexts(page.getByRole('region', { name: 'Cost by model' }).getByRole('rowheader')).toEqual([
      'gpt-4o',
      'a model of ours',
    ]);
    expect(new URL(page.url()).searchParams.get('by')).toBe('model');
    await page.getByRole('combobox', { name: 'Dimension' }).selectOption('attribute…');
    await page.getByRole('textbox', { name: 'Key of an attribute' }).fill('plan');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Cost by attr.plan' }).getByText('no attr.plan').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('opens the traces of a bar with the keyboard, and saves a panel as CSV', async () => {
    const { page, faults, context } = await openPage(
      browser,
      address('/dashboards/cost?project=bill&range=1h'),
    );
    const chart = page.getByRole('group', { name: /^Cost over time by feature/ });
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await expectText(page.getByRole('region', { name: 'Cost over time by feature' })).toContain('search');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save Cost by feature as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('cost-by-feature.csv');
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
    expect(lines[0]).toMatch(/^feature,cost\.sum,calls\.sum,/);
    expect(lines[1]).toMatch(/^search,1,1,1,1,400000,0,/);
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Traces' }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('feature:search');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('fits a narrow window, and says what to do if there is nothing', async () => {
    const { page, faults, context } = await openPage(
      browser,
      address('/dashboards/cost?project=bill&q=feature:nothing'),
      { viewport: { width: 390, height: 844 } },
    );
    await page.getByRole('heading', { name: 'Nothing in this range' }).waitFor();
    await page.getByRole('link', { name: 'Remove the filter' }).click();
    await page
      .getByRole('region', { name: 'Cost by feature' })
      .getByRole('link', { name: 'search' })
      .waitFor();
    expect(await page.evaluate(() => document.querySelector('main')?.scrollWidth)).toBe(390);
    expect(faults).toEqual([]);
    await context.close();
  });
});

it('the quality dashboard shows cost and quality together, worst first', async () => {
  const { page, faults, context } = await openPage(browser, address('/dashboards/quality?project=bill'));
  const panel = page.getByRole('region', { name: 'Cost and quality by feature' });
  await expectTexts(panel.getByRole('rowheader')).toEqual(['search', 'chat', 'support']);
  await expectText(panel.getByRole('row').nth(1)).toBe('search $2.00 $1.00 0.5 0.5 – 0.5 1 $1.00');
  expect(await violationsOf(page)).toEqual([]);
  await panel.getByRole('link', { name: /^search: quality 0\.5/ }).click();
  await page.getByRole('link', { name: 'answer search' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it.each([
  ['overview', 'What changed'],
  ['latency', 'Slowest by feature'],
  ['reliability', 'Failed traces by feature'],
  ['usage', 'Traces by feature'],
  ['agents', 'Traces with agents by agent'],
])('the dashboard %s has no problem', async (name, panel) => {
  const { page, faults, context } = await openPage(browser, address(`/dashboards/${name}?project=bill`));
  await page.getByRole('region', { name: panel }).waitFor();
  await expectCount(page.locator('.skeleton')).toBe(0);
  await expectCount(page.getByRole('alert')).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
