import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import {
  expectAddress,
  expectAttribute,
  expectInput,
  expectText,
  expectTexts,
} from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { orderTraces } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const now = Date.now();
  await server.sendAll(
    orderTraces().map((spans, index) => ({ spans, startedAt: now - (index + 1) * 30_000 })),
  );
});

afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.context.close();
  opened = undefined;
  expect(faults).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(q?: string, viewport = { width: 1440, height: 900 }): Promise<Page> {
  const query = new URLSearchParams({ project: 'demo', ...(q !== undefined && { q }) });
  opened = await openPage(browser, `${server.url}/?${query}`, { viewport });
  return opened.page;
}

const filter = (page: Page) => page.getByRole('combobox', { name: 'Filter' });
const names = (page: Page) => expectTexts(page.locator('[data-trace] a[href^="/t/"]'));
const summary = (page: Page) => page.getByRole('region', { name: 'Summary' });
const message = (page: Page) => page.locator('search [role=status]');
const option = (page: Page, name: RegExp) => page.getByRole('option', { name });

describe('the filter of the list', () => {
  it('applies to the list, the chart and the totals, and Back returns', async () => {
    const page = await open();
    await names(page).toEqual(['refund', 'order 1', 'order 2', 'order 3', 'order 4']);
    await page.keyboard.press('/');
    await page.keyboard.type('model:gpt-4o -status:error');
    await page.keyboard.press('Enter');
    await names(page).toEqual(['order 2', 'order 4']);
    await expectAddress(page).toBe('/?project=demo&q=model:gpt-4o+-status:error');
    await expectText(summary(page)).toContain('Traces 2');
    await expectAttribute(summary(page).getByRole('img').first(), 'aria-label').toBe(
      '2 traces over time, 0 failed',
    );
    await page.goBack();
    await names(page).toEqual(['refund', 'order 1', 'order 2', 'order 3', 'order 4']);
    await expectInput(filter(page)).toBe('');
    await page.goForward();
    await names(page).toEqual(['order 2', 'order 4']);
    await expectInput(filter(page)).toBe('model:gpt-4o -status:error');
  });

  it('finds words of the content', async () => {
    const page = await open('"money back"');
    await names(page).toEqual(['refund']);
  });

  it('marks what it does not understand while you type, and one click corrects it', async () => {
    const page = await open();
    await filter(page).fill('kind:llm modle:gpt-4o');
    await expectText(message(page)).toContain('There is no field "modle". Did you mean model?');
    await expectText(page.locator('[data-faulty]')).toBe('modle');
    await expectAttribute(filter(page), 'aria-invalid').toBe('true');
    await page.keyboard.press('Enter');
    await expectAddress(page).toBe('/?project=demo');
    await option(page, /kind:llm model:gpt-4o/).click();
    await expectInput(filter(page)).toBe('kind:llm model:gpt-4o');
    await expectAttribute(filter(page), 'aria-invalid').toBe('false');
    await page.keyboard.press('Enter');
    await names(page).toEqual(['order 2', 'order 4']);
  });

  it('does not call an unfinished filter wrong before Enter', async () => {
    const page = await open();
    await filter(page).fill('has(kind:tool');
    await expectText(message(page)).toBe('This parenthesis is never closed.');
    await expectAttribute(filter(page), 'aria-invalid').toBe('false');
    await page.keyboard.press('Enter');
    await expectAttribute(filter(page), 'aria-invalid').toBe('true');
  });

  it('Escape leaves it and brings back the applied filter', async () => {
    const page = await open('status:error');
    await names(page).toEqual(['order 1']);
    await page.keyboard.press('/');
    await page.keyboard.type(' kind:to');
    await page.keyboard.press('Escape');
    await expectInput(filter(page)).toBe('status:error');
    // The keys of the list work again.
    await page.keyboard.press('j');
    await page.locator('[data-active]', { hasText: 'order 1' }).waitFor();
  });

  it('explains a wrong filter in the address and offers the correction', async () => {
    const page = await open('kind:llm modle:gpt-4o');
    await page.getByRole('heading', { name: 'This filter cannot be understood' }).waitFor();
    await page.getByRole('link', { name: 'Use kind:llm model:gpt-4o' }).click();
    await names(page).toEqual(['order 2', 'order 4']);
  });

  it('completes fields and functions by keyboard alone', async () => {
    const page = await open();
    await filter(page).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('stat');
    await expectText(option(page, /status/)).toContain('Status of the trace');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectInput(filter(page)).toBe('status:');
    await page.keyboard.type('error hasn');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await expectInput(filter(page)).toBe('status:error has()');
    await page.keyboard.type('tool:lookup');
    await page.keyboard.press('Enter');
    await names(page).toEqual(['order 1']);
  });

  it('completes values with their number of traces, among those that pass the rest of the filter', async () => {
    const page = await open();
    await filter(page).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('feature:orders model:');
    await expectTexts(page.getByRole('option')).toEqual(['Values gpt-4o 2', 'gpt-4o-mini 2']);
    await page.keyboard.type('GPT-4o-');
    await expectTexts(page.getByRole('option')).toEqual(['Values gpt-4o-mini 2']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectInput(filter(page)).toBe('feature:orders model:gpt-4o-mini ');
    await page.keyboard.type('user:u');
    await option(page, /VIP/).click();
    await page.keyboard.press('Enter');
    await names(page).toEqual(['order 3']);
    await expectInput(filter(page)).toBe('feature:orders model:gpt-4o-mini user:"u 3 \\"VIP\\""');
  });

  it('shows its conditions, each of which can be removed', async () => {
    const page = await open('feature:orders (model:gpt-4o OR status:error) -user:u_4');
    await names(page).toEqual(['order 1', 'order 2']);
    const chips = page.getByRole('list', { name: 'Conditions of the filter' }).getByRole('listitem');
    await expectTexts(chips).toEqual([
      'feature:orders',
      'model:gpt-4o OR status:error',
      '-user:u_4',
      'Clear all',
    ]);
    await page.getByRole('link', { name: 'Remove -user:u_4' }).click();
    await names(page).toEqual(['order 1', 'order 2', 'order 4']);
    await expectInput(filter(page)).toBe('feature:orders (model:gpt-4o OR status:error)');
    await page.getByRole('link', { name: 'Clear all' }).click();
    await names(page).toEqual(['refund', 'order 1', 'order 2', 'order 3', 'order 4']);
  });

  it('offers the filters that were applied before', async () => {
    const page = await open();
    for (const text of ['status:error', 'user:u_2']) {
      await filter(page).fill(text);
      await page.keyboard.press('Enter');
      await page.waitForURL(/q=/);
    }
    await expectAddress(page).toBe('/?project=demo&q=user:u_2');
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.keyboard.press('/');
    await expectText(page.getByRole('option').nth(0)).toBe('Recent user:u_2');
    await expectText(page.getByRole('option').nth(1)).toBe('status:error');
    await page.getByRole('option').nth(1).click();
    await names(page).toEqual(['order 1']);
  });

  it('shows new traces only if they match', async () => {
    const refund = orderTraces()[0] ?? [];
    await server.send(refund, { project: 'arriving' });
    opened = await openPage(browser, `${server.url}/?project=arriving&q=feature:returns`);
    const { page } = opened;
    await names(page).toEqual(['refund']);
    await server.send([{ name: 'other', durationMs: 5 }], { project: 'arriving' });
    await server.send(orderTraces()[0] ?? [], { project: 'arriving', startedAt: Date.now() - 10 });
    await page.getByRole('button', { name: '1 new' }).click();
    await names(page).toEqual(['refund', 'refund']);
  });
});

const facet = (page: Page, name: string) =>
  page.getByRole('list', { name, exact: true }).getByRole('listitem');

describe('the facets', () => {
  it('count values under the filter; a click filters by one or excludes it', async () => {
    const page = await open();
    await names(page).toEqual(['refund', 'order 1', 'order 2', 'order 3', 'order 4']);
    await page.keyboard.press('f');
    await expectTexts(facet(page, 'Model')).toEqual(['gpt-4o-mini 3', 'gpt-4o 2']);
    await expectTexts(facet(page, 'Feature')).toEqual(['orders 4', 'returns 1']);
    await facet(page, 'Model').getByRole('link', { name: 'gpt-4o 2' }).click();
    await names(page).toEqual(['order 2', 'order 4']);
    await expectTexts(facet(page, 'Feature')).toEqual(['orders 2']);
    await page.getByRole('complementary', { name: 'Facets' }).getByRole('button', { name: 'User' }).click();
    await facet(page, 'User').getByRole('link', { name: 'Exclude u_1' }).click({ force: true });
    await names(page).toEqual(['order 4']);
    await expectInput(filter(page)).toBe('model:gpt-4o -user:u_1');
    // A second click on a chosen value takes the condition away again.
    await facet(page, 'Model').getByRole('link', { name: 'gpt-4o 1' }).click();
    await expectInput(filter(page)).toBe('-user:u_1');
    await page.reload();
    await expectTexts(facet(page, 'User')).toEqual(['u 3 "VIP" 1', 'u_2 1', 'u_4 1']);
    await facet(page, 'User')
      .getByRole('link', { name: 'u_4' })
      .first()
      .click({ modifiers: ['Alt'] });
    await expectInput(filter(page)).toBe('-user:u_1 -user:u_4');
  });

  it('do not hold up the list', async () => {
    const page = await open();
    await filter(page).waitFor();
    await page.keyboard.press('f');
    await facet(page, 'Model').first().waitFor();
    await page.route('**/api/v1/traces/values?*', () => undefined);
    await filter(page).fill('status:error');
    await page.keyboard.press('Enter');
    await names(page).toEqual(['order 1']);
  });
});

describe('a value on the page', () => {
  it('a value in the list is a link that filters by it, and Alt+click excludes it', async () => {
    const page = await open();
    await page.getByRole('row').getByRole('link', { name: 'u 3 "VIP"', exact: true }).click();
    await names(page).toEqual(['order 3']);
    await expectInput(filter(page)).toBe('user:"u 3 \\"VIP\\""');
    await page
      .getByRole('row')
      .getByRole('link', { name: 'gpt-4o-mini', exact: true })
      .click({ modifiers: ['Alt'] });
    await expectInput(filter(page)).toBe('user:"u 3 \\"VIP\\"" -model:gpt-4o-mini');
    await page.getByRole('heading', { name: 'No trace passes the filter' }).waitFor();
  });

  it('a value in the header of a trace or in the attributes of a span leads to the traces with it', async () => {
    const page = await open();
    await page.getByRole('link', { name: 'order 2' }).click();
    await page.getByRole('heading', { name: 'order 2', level: 1 }).waitFor();
    const traceAddress = page.url();
    await page.locator('header').getByRole('link', { name: 'orders', exact: true }).click();
    await names(page).toEqual(['order 1', 'order 2', 'order 3', 'order 4']);
    await expectAddress(page).toBe('/?project=demo&q=feature:orders');
    await page.goto(traceAddress);
    await page.getByRole('row', { name: /chat/ }).first().click();
    await page.getByRole('tab', { name: 'Attributes' }).click();
    // Back returns to this view once it is in the address.
    await page.waitForURL(/tab=attributes/);
    const tier = page.getByRole('row', { name: /customer\.tier/ });
    await tier.hover();
    await tier.getByRole('link', { name: 'Filter by customer.tier' }).click();
    await expectInput(filter(page)).toBe('attr.customer.tier:"gold \\"A\\""');
    await names(page).toEqual(['refund', 'order 1', 'order 2', 'order 3', 'order 4']);
    await page.goBack();
    await page.getByRole('row', { name: /customer\.tier/ }).hover();
    await page.getByRole('link', { name: 'Exclude customer.tier' }).click();
    await expectInput(filter(page)).toBe('-attr.customer.tier:"gold \\"A\\""');
  });
});

describe('a filter without results', () => {
  it('names the condition that excludes most, and removes it', async () => {
    const page = await open('feature:orders status:error user:u_4');
    await page.getByRole('heading', { name: 'No trace passes the filter' }).waitFor();
    await expectTexts(page.getByRole('list', { name: 'Filters with results' }).getByRole('listitem')).toEqual(
      ['Remove status:error 1 trace', 'or remove user:u_4 1 trace'],
    );
    await page
      .getByRole('link', { name: /Remove status:error/ })
      .last()
      .click();
    await names(page).toEqual(['order 4']);
  });
});

describe('the filter is accessible', () => {
  it.each([1440, 390])('with completions and a problem, in light and dark, at %i pixels', async (width) => {
    const page = await open(undefined, { width, height: 900 });
    await filter(page).fill('kind:llm modle:gpt-4o');
    await option(page, /model/).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await filter(page).fill('kind:llm mo');
    await option(page, /model/).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it.each([1440, 390])('with conditions, facets and no results, at %i pixels', async (width) => {
    const page = await open('feature:orders -user:u_1', { width, height: 900 });
    await names(page).toEqual(['order 3', 'order 4']);
    await page.keyboard.press('f');
    await facet(page, 'Model').first().waitFor();
    await facet(page, 'Feature').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await page.keyboard.press('f');
    await filter(page).fill('feature:orders status:error user:u_4');
    await page.keyboard.press('Enter');
    await page
      .getByRole('link', { name: /Remove status:error/ })
      .last()
      .waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});
