import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, textOf, type WatchedPage } from './support/browser.ts';
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
  // One trace in each half minute before, the oldest last.
  for (let i = COUNT; i > 0; i--) {
    await server.send(smallTrace(`trace ${i}`, i), { startedAt: now - MINUTE - i * 30_000, wait: i === 1 });
  }
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
const names = (page: Page) => rows(page).locator('a').allInnerTexts();
const scroller = (page: Page) => page.getByRole('table', { name: 'Traces' });

describe('the list of traces', () => {
  it('shows the newest first, with its figures', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    expect((await names(page)).slice(0, 3)).toEqual(['answer_question', 'trace 1', 'trace 2']);
    const text = await textOf(rows(page).first());
    expect(text).toContain('4.20 s');
    expect(text).toContain('10,452');
    expect(text).toContain('$0.0880');
    expect(text).toContain('gpt-4o');
    expect(text).toContain('u_81');
    expect(text).toContain('Where is my order 8812?');
    expect(text).toContain('It left the warehouse this morning.');
    expect(await textOf(rows(page).nth(1))).toMatch(/ – – –/);
    expect(await rows(page).first().getByRole('img').first().getAttribute('aria-label')).toBe(
      'ok, but 1 span failed',
    );
  });

  it('puts the project into an address that names none', async () => {
    const page = await open('?range=6h');
    await page.waitForURL(/\?range=6h&project=(demo|quiet)/);
  });

  it('sums up the range above', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    const summary = page.getByRole('region', { name: 'Summary' });
    await summary.getByRole('img').waitFor();
    const text = await textOf(summary);
    expect(text).toContain(`Traces ${COUNT + 1}`);
    expect(text).toContain('Cost $0.0880');
    expect(text).toContain('Errors 0 %');
    expect(await summary.getByRole('img').getAttribute('aria-label')).toBe(
      `${COUNT + 1} traces over time, 0 failed`,
    );
  });

  it('leads to the trace by real links', async () => {
    const page = await open();
    expect(await rows(page).first().getByRole('link').getAttribute('href')).toBe(
      `/t/${answerId}?project=demo`,
    );
  });

  it('goes on to the end, and never holds more rows than are in sight', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    for (let i = 0; i < 12 && !(await names(page)).includes(`trace ${COUNT}`); i++) {
      await scroller(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      await page.waitForTimeout(120);
    }
    await page.getByRole('link', { name: `trace ${COUNT}`, exact: true }).waitFor();
    expect(await rows(page).count()).toBeLessThan(80);
  });

  it('is sorted by what the API can sort by', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Duration' }).click();
    await page.waitForURL(/sort=-durationMs/);
    await page.locator('[data-trace]:nth-child(2)', { hasText: `trace ${COUNT}` }).waitFor();
    expect((await names(page)).slice(0, 3)).toEqual([
      'answer_question',
      `trace ${COUNT}`,
      `trace ${COUNT - 1}`,
    ]);
    expect(await page.getByRole('columnheader', { name: 'Duration' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    await page.goBack();
    await page.locator('[data-trace]:nth-child(2)', { hasText: 'trace 1' }).waitFor();
  });

  it('is walked, peeked into and opened with the keyboard, and Back keeps the place', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    for (let i = 0; i < 61; i++) await page.keyboard.press('j');
    await page.locator('[data-active]', { hasText: 'trace 60' }).waitFor();
    await page.keyboard.press(' ');
    await page
      .getByRole('complementary', { name: 'Peek' })
      .getByRole('heading', { name: 'trace 60', level: 1 })
      .waitFor();
    await page.keyboard.press('k');
    await page
      .getByRole('complementary', { name: 'Peek' })
      .getByRole('heading', { name: 'trace 59', level: 1 })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Peek' }).waitFor({ state: 'hidden' });
    const before = await scroller(page).evaluate((element) => element.scrollTop);
    expect(before).toBeGreaterThan(500);
    await page.waitForTimeout(250);
    await page.keyboard.press('Enter');
    await page.getByRole('treegrid').waitFor();
    await page.goBack();
    await page.locator('[data-active]', { hasText: 'trace 59' }).waitFor();
    expect(await scroller(page).evaluate((element) => element.scrollTop)).toBe(before);
  });

  it('opens a peek from a link', async () => {
    const page = await open(`?project=demo&peek=${answerId}`);
    const peek = page.getByRole('complementary', { name: 'Peek' });
    await peek.getByRole('heading', { name: 'answer_question', level: 1 }).waitFor();
    expect(await textOf(peek)).toContain('Slowest: search 60 %');
  });

  it('narrows to the range that is dragged over the volume', async () => {
    const page = await open('?project=demo&range=6h');
    const chart = page.getByRole('region', { name: 'Summary' }).getByRole('img');
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
    expect(await page.getByRole('button', { name: 'Live' }).isDisabled()).toBe(true);
  });

  it('leads from an empty range to the nearest one that has traces', async () => {
    const page = await open('?project=quiet&range=1h');
    await page.getByRole('heading', { name: 'No traces in this range' }).waitFor();
    await page.getByRole('link', { name: 'Show last 7 d' }).click();
    await page.getByRole('link', { name: 'last week' }).waitFor();
    expect(page.url()).toContain('range=7d');
  });

  it('takes a range by name and by hand', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Time range: Last 24 h' }).click();
    await page.getByRole('button', { name: 'Last hour' }).click();
    await page.waitForURL(/range=1h/);
    await page.getByRole('button', { name: 'Time range: Last hour' }).click();
    await page.getByLabel('From').fill('2026-01-01T00:00:00');
    await page.getByLabel('To', { exact: true }).fill('2025-01-01T00:00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('“From” has to be before “To”.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2026-01-02T00:00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/from=2026-01-01T00:00:00.000Z&to=2026-01-02T00:00:00.000Z/);
  });

  it('says what is wrong when the server is gone, and comes back', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.route('**/api/v1/traces?*', (route) => route.abort());
    await page.getByRole('button', { name: 'Cost' }).click();
    await page.getByRole('heading', { name: 'The server does not answer' }).waitFor();
    await page.unroute('**/api/v1/traces?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows(page).first().waitFor();
  });
});

describe('the palette', () => {
  it('opens a trace by its id', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(answerId);
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
    expect(await colour()).toBe(dark);
  });
});

describe('live', () => {
  it('lets new traces wait behind a pill, and shows them when asked', async () => {
    const page = await open('?project=live-a&range=1h');
    await server.send(smallTrace('old'), { project: 'live-a' });
    await page.goto(`${server.url}/?project=live-a&range=1h`);
    await page.getByRole('link', { name: 'old' }).waitFor();
    await server.send(smallTrace('new one'), { project: 'live-a' });
    await server.send(smallTrace('new two'), { project: 'live-a' });
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await names(page)).toEqual(['old']);
    await page.getByRole('button', { name: '2 new' }).click();
    await page.getByRole('link', { name: 'new two' }).waitFor();
    expect((await names(page)).toSorted()).toEqual(['new one', 'new two', 'old']);
  });

  it('brings them in at once when it is on and the reader is at the top', async () => {
    await server.send(smallTrace('old'), { project: 'live-b' });
    const page = await open('?project=live-b&live=1');
    await page.getByRole('link', { name: 'old' }).waitFor();
    await server.send(smallTrace('fresh'), { project: 'live-b' });
    await page.getByRole('link', { name: 'fresh' }).waitFor();
  });

  it('completes a trace that is open on the screen', async () => {
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
