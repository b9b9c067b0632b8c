import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import {
  expectAddress,
  expectAttribute,
  expectCount,
  expectDisabled,
  expectText,
} from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { answerTrace, smallTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;
let answerId: string;

const MINUTE = 60_000;
const COUNT = 260;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const now = Date.now();
  answerId = await server.send(answerTrace().spans, { startedAt: now - MINUTE });
  // One trace every 30 s before that; the last one is the oldest.
  await server.sendAll(
    Array.from({ length: COUNT }, (_, index) => ({
      spans: smallTrace(`trace ${index + 1}`, index + 1),
      startedAt: now - MINUTE - (index + 1) * 30_000,
    })),
  );
  await server.send(smallTrace('last week'), { project: 'quiet', startedAt: now - 5 * 24 * 60 * MINUTE });
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

async function open(query = '?project=demo'): Promise<Page> {
  opened = await openPage(browser, `${server.url}/${query}`);
  return opened.page;
}

const rows = (page: Page) => page.locator('[data-trace]');
const names = (page: Page) => rows(page).locator('a[href^="/t/"]').allInnerTexts();
const expectFirstNames = (page: Page) =>
  eventually('the first three names', async () => (await names(page)).slice(0, 3));
const scroller = (page: Page) => page.getByRole('table', { name: 'Traces' });

describe('the list of traces', () => {
  it('shows the newest first, with its figures', async () => {
    const page = await open();
    await expectFirstNames(page).toEqual(['answer_question', 'trace 1', 'trace 2']);
    await expectText(rows(page).first()).toContain('4.20 s');
    await expectText(rows(page).first()).toContain('10,452');
    await expectText(rows(page).first()).toContain('$0.0880');
    await expectText(rows(page).first()).toContain('gpt-4o');
    await expectText(rows(page).first()).toContain('u_81');
    await expectText(rows(page).first()).toContain('Where is my order 8812?');
    await expectText(rows(page).first()).toContain('It left the warehouse this morning.');
    await expectText(rows(page).nth(1)).toMatch(/ – – –/);
    await expectAttribute(rows(page).first().getByRole('img').first(), 'aria-label').toBe(
      'ok, but 1 span failed',
    );
  });

  it('adds the project to an address without one', async () => {
    const page = await open('?range=6h');
    await page.waitForURL(/\?range=6h&project=(demo|quiet)/);
  });

  it('shows a summary of the range above it', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    const summary = page.getByRole('region', { name: 'Summary' });
    await summary.getByRole('img', { name: /traces over time/ }).waitFor();
    await expectText(summary).toContain(`Traces ${COUNT + 1}`);
    await expectText(summary).toContain('Cost $0.0880');
    await expectText(summary).toContain('Failed 0 %');
    await expectAttribute(summary.getByRole('img').first(), 'aria-label').toBe(
      `${COUNT + 1} traces over time, 0 failed`,
    );
  });

  it('links each row to its trace', async () => {
    const page = await open();
    await expectAttribute(rows(page).first().getByRole('link', { name: 'answer_question' }), 'href').toBe(
      `/t/${answerId}?project=demo`,
    );
  });

  it('scrolls to the end, and never renders more rows than are visible', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await waitFor('the last trace', async () => {
      await scroller(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      return (await names(page)).includes(`trace ${COUNT}`);
    });
    await expectCount(rows(page)).toBeLessThan(80);
  });

  it('can be sorted by duration', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Duration' }).click();
    await page.waitForURL(/sort=-durationMs/);
    await page.locator('[data-trace]:nth-child(2)', { hasText: `trace ${COUNT}` }).waitFor();
    await expectFirstNames(page).toEqual(['answer_question', `trace ${COUNT}`, `trace ${COUNT - 1}`]);
    await expectAttribute(page.getByRole('columnheader', { name: 'Duration' }), 'aria-sort').toBe(
      'descending',
    );
    await page.goBack();
    await page.locator('[data-trace]:nth-child(2)', { hasText: 'trace 1' }).waitFor();
  });

  it('can be used with the keyboard alone, and Back returns to the same row', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    for (let i = 0; i < 61; i++) await page.keyboard.press('j');
    await page.locator('[data-active]', { hasText: 'trace 60' }).waitFor();
    await page.keyboard.press(' ');
    await page
      .getByRole('complementary', { name: 'Preview' })
      .getByRole('heading', { name: 'trace 60', level: 1 })
      .waitFor();
    await page.keyboard.press('k');
    await page
      .getByRole('complementary', { name: 'Preview' })
      .getByRole('heading', { name: 'trace 59', level: 1 })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Preview' }).waitFor({ state: 'hidden' });
    const before = await scroller(page).evaluate((element) => element.scrollTop);
    expect(before).toBeGreaterThan(500);
    await page.keyboard.press('Enter');
    await page.getByRole('treegrid').waitFor();
    await page.goBack();
    await page.locator('[data-active]', { hasText: 'trace 59' }).waitFor();
    await eventually('how far the list is scrolled', () =>
      scroller(page).evaluate((element) => element.scrollTop),
    ).toBe(before);
  });

  it('opens a preview from a link', async () => {
    const page = await open(`?project=demo&peek=${answerId}`);
    const peek = page.getByRole('complementary', { name: 'Preview' });
    await peek.getByRole('heading', { name: 'answer_question', level: 1 }).waitFor();
    await expectText(peek).toContain('search took 2.50 s of 4.20 s (60 %).');
  });

  it('narrows the range by dragging over the chart', async () => {
    const page = await open('?project=demo&range=6h');
    const chart = page.getByRole('region', { name: 'Summary' }).getByRole('img').first();
    await chart.waitFor();
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has no size');
    await page.mouse.move(box.x + box.width * 0.7, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.85, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.*&to=/);
    const { searchParams } = new URL(page.url());
    const length = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
    expect(length).toBeGreaterThan(30 * MINUTE);
    expect(length).toBeLessThan(100 * MINUTE);
    await expectDisabled(page.getByRole('button', { name: 'Live' })).toBe(true);
  });

  it('offers the nearest range that has traces if the range is empty', async () => {
    const page = await open('?project=quiet&range=1h');
    await page.getByRole('heading', { name: 'No traces in this range' }).waitFor();
    await page.getByRole('link', { name: 'Show last 7 d' }).click();
    await page.getByRole('link', { name: 'last week' }).waitFor();
    await expectAddress(page).toContain('range=7d');
  });

  it('accepts a relative range, and a range that the user types', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Time range: Last 24 h' }).click();
    await page.getByRole('button', { name: 'Last hour' }).click();
    await page.waitForURL(/range=1h/);
    await page.getByRole('button', { name: 'Time range: Last hour' }).click();
    await eventually('the start of the range', () => page.getByLabel('From').inputValue()).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    );
    await page.getByLabel('From').fill('2026-01-01 00:00:00');
    await page.getByLabel('To', { exact: true }).fill('noon');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Write the times as YYYY-MM-DD hh:mm:ss.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2025-01-01 00:00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('“From” must be before “To”.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2026-01-02 00:00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/from=2026-01-01T00:00:00.000Z&to=2026-01-02T00:00:00.000Z/);
  });

  it('shows that the server is not reachable, and recovers with Try again', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.route('**/api/v1/traces?*', (route) => route.abort());
    await page.getByRole('button', { name: 'Cost', exact: true }).click();
    await page.getByRole('heading', { name: 'The server is not reachable' }).waitFor();
    await page.unroute('**/api/v1/traces?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows(page).first().waitFor();
  });
});

describe('the command palette', () => {
  it('opens a trace by its id', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(answerId);
    await page.getByRole('option', { name: answerId, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/t/${answerId}`));
    await page.getByRole('heading', { level: 1, name: 'answer_question' }).waitFor();
  });

  it('changes the project and the theme', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('quiet');
    // The projects may come later than the letters.
    await page.getByRole('option', { name: /quiet/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/project=quiet/);
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await colour();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('theme dark');
    await page.getByRole('option', { name: /dark/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction((old) => getComputedStyle(document.body).backgroundColor !== old, light);
    const dark = await colour();
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    await eventually('the background colour', colour).toBe(dark);
  });
});

describe('live', () => {
  it('holds new traces back behind a button, and shows them on click', async () => {
    const page = await open('?project=live-a&range=1h');
    await server.send(smallTrace('old'), { project: 'live-a' });
    await page.goto(`${server.url}/?project=live-a&range=1h`);
    await page.getByRole('link', { name: 'old' }).waitFor();
    await server.send(smallTrace('new one'), { project: 'live-a' });
    await server.send(smallTrace('new two'), { project: 'live-a' });
    await page.getByRole('button', { name: '2 new' }).waitFor();
    await eventually('the names', () => names(page)).toEqual(['old']);
    await page.getByRole('button', { name: '2 new' }).click();
    await page.getByRole('link', { name: 'new two' }).waitFor();
    await eventually('the names', async () => (await names(page)).toSorted()).toEqual([
      'new one',
      'new two',
      'old',
    ]);
  });

  it('shows new traces at once if live is on and the list is scrolled to its top', async () => {
    await server.send(smallTrace('old'), { project: 'live-b' });
    const page = await open('?project=live-b&live=1');
    await page.getByRole('link', { name: 'old' }).waitFor();
    await server.send(smallTrace('fresh'), { project: 'live-b' });
    await page.getByRole('link', { name: 'fresh' }).waitFor();
  });

  it('adds new spans to an open trace', async () => {
    const parent = '00000000000000a1';
    const traceId = await server.send([{ name: 'agent', id: parent }], { project: 'live-c' });
    const page = await open();
    await page.goto(`${server.url}/t/${traceId}?project=live-c`);
    await page
      .getByText(/^running for \d+ s$/)
      .first()
      .waitFor();
    await server.send([{ name: 'step', parent, startMs: 10, durationMs: 20 }], {
      project: 'live-c',
      traceId,
      wait: false,
    });
    await page.getByRole('treegrid').getByText('step').waitFor();
  });
});
