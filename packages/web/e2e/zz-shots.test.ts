import { eventually } from '@throughline/tests/eventually';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectAddress, expectText } from './support/expect-page.ts';
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


describe('shots', () => {
  it('takes them', async () => {
    for (const [width, height] of [[390, 844], [1440, 900], [2560, 1200]] as const)
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(`&heat=latency&box=${START}..${START + 1_500_000},5000..7000`);
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await differences(page).getByRole('table').waitFor();
        await page.screenshot({ path: `/tmp/settle-shot-${width}-${colorScheme}.png` });
        if (width === 1440) {
          await page.goto(`${server.url}/?${RANGE}&project=demo`);
          await page.getByRole('table', { name: 'Traces' }).waitFor();
          await strips(page).hover({ position: { x: 60, y: 20 } });
          await page.screenshot({ path: `/tmp/settle-shot-list-${colorScheme}.png` });
        }
        await opened?.context.close();
      }
  });
});
