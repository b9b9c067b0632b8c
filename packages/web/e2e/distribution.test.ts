import { eventually } from '@throughline/tests/eventually';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectText } from './support/expect-page.ts';
import type { TestSpan } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';

/** Traces from the start of an hour yesterday, one each ten seconds. Every fifth one is slow. */
const COUNT = 150;
const START = new Date(Date.now() - 86_400_000).setMinutes(0, 0, 0);
const isSlow = (index: number) => index % 5 === 0;
const RANGE = `from=${new Date(START).toISOString()}&to=${new Date(START + 1_800_000).toISOString()}`;

function traceOf(index: number): TestSpan[] {
  return [
    {
      name: 'answer',
      durationMs: isSlow(index) ? 5200 : 240,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': isSlow(index) ? 'gpt-4o' : 'gpt-4o-mini',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 100,
        'input.value': isSlow(index) ? 'I want a refund' : 'Where is my order?',
        'customer.tier': isSlow(index) ? 'gold' : 'free',
      },
    },
  ];
}

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;
beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  await server.sendAll(
    Array.from({ length: COUNT }, (_, index) => ({
      spans: traceOf(index),
      startedAt: START + index * 10_000,
    })),
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

async function open(query = ''): Promise<Page> {
  opened = await openPage(browser, `${server.url}/?${RANGE}&project=demo${query}`);
  return opened.page;
}

const map = (page: Page) =>
  page.getByRole('group', { name: /over time\. Arrow keys move, Shift extends, Enter selects/ });
const strips = (page: Page) => page.getByRole('group', { name: /Traces over time/ });
const differences = (page: Page) => page.getByRole('region', { name: 'What is different about these?' });

/** Drags between two points, as shares of the width and height of an element. */
async function drag(
  page: Page,
  element: ReturnType<typeof map>,
  from: [number, number],
  to: [number, number],
) {
  const box = await element.boundingBox();
  if (!box) throw new Error('the element is not on the page');
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 });
  await page.mouse.up();
}

describe('the heat map', () => {
  it('shows traces by time and latency, and what is different about a selected box', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Latency map' }).click();
    await page.waitForURL(/heat=latency/);
    await expectText(page.getByRole('figure', { name: 'Heat map' })).toContain('Drag to select a box');
    await page.getByRole('img', { name: `${COUNT} traces by time and latency` }).waitFor();
    await drag(page, map(page), [0.01, 0.01], [0.99, 0.1]);
    await page.waitForURL(/box=/);
    await expectText(differences(page)).toContain('30 traces selected, 120 others in the range');
    const row = (name: string) => differences(page).getByRole('row', { name });
    await expectText(row('model gpt-4o 100 %')).toContain('0 %');
    await expectText(row('customer.tier gold')).toContain('100 %');
    await expectText(row('word in the text refund')).toContain('100 %');
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);

    await differences(page).getByRole('button', { name: 'gold', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('q') === 'attr.customer.tier:gold');
    await page.goBack();
    await differences(page).getByRole('button', { name: 'Show these traces' }).click();
    await page.waitForURL((url) => url.searchParams.get('q') === 'latency>=5s latency<7s');
    await expectText(page.getByRole('region', { name: 'Summary' })).toMatch(/Traces\s*30/);
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open();
    await page.getByRole('table', { name: 'Traces' }).waitFor();
    await page.keyboard.press('h');
    await page.waitForURL(/heat=latency/);
    await map(page).focus();
    // From the last cell of the top row, which has slow traces, to the left.
    for (let step = 0; step < 71; step++) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await expectText(differences(page)).toContain('30 traces selected, 120 others in the range');
    await page.keyboard.press('Escape');
    await eventually('the selection', () => new URL(page.url()).searchParams.has('box')).toBe(false);
    await page.getByRole('button', { name: 'Cost map' }).press('Enter');
    await page.getByRole('img', { name: `${COUNT} traces by time and cost` }).waitFor();
    await page.getByRole('button', { name: 'List', exact: true }).press('Enter');
    await page.getByRole('table', { name: 'Traces' }).waitFor();
  });

  it('keeps its selection in the address', async () => {
    const page = await open(`&heat=latency&box=${START}..${START + 1_800_000},5000..7000`);
    await expectText(differences(page)).toContain('30 traces selected');
  });
});

describe('the strips above the list', () => {
  it('show the values of a time, and zoom in by dragging', async () => {
    const page = await open();
    const box = await strips(page).boundingBox();
    await strips(page).hover({ position: { x: 3, y: 8 } });
    await expectText(page.getByRole('region', { name: 'Summary' })).toMatch(
      /3 traces · p50 240 ms · p95 [\d.]+ s · \$0\.00/,
    );
    expect(box?.height).toBeGreaterThan(40);
    await drag(page, strips(page), [0.01, 0.5], [0.19, 0.5]);
    await page.waitForURL(
      (url) =>
        url.searchParams.get('from') === new Date(START).toISOString() &&
        url.searchParams.get('to') !== new Date(START + 1_800_000).toISOString(),
    );
    await expectText(page.getByRole('region', { name: 'Summary' })).toMatch(/Traces\s*36/);
  });

  it('zoom in with the keyboard', async () => {
    const page = await open();
    await strips(page).focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(
      (url) => url.searchParams.get('from') === new Date(START + 1_800_000 - 4 * 30_000).toISOString(),
    );
  });
});
