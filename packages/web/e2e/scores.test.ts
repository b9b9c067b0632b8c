import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectAttribute, expectCount, expectInput, expectText } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { type AnswerIds, answerTrace, smallTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;

let judged: { readonly traceId: string; readonly ids: AnswerIds };

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  judged = await judgedAnswer('judged');
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

const scoresOf = async (project: string, traceId: string) => {
  const response = await fetch(`${server.url}/api/v1/scores?project=${project}&traceId=${traceId}`);
  return ((await response.json()) as { scores: Record<string, unknown>[] }).scores;
};

/** Sends scores and waits until they can be read. */
async function score(project: string, ...scores: readonly Record<string, unknown>[]): Promise<void> {
  const response = await fetch(`${server.url}/api/v1/scores?project=${project}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(scores),
  });
  expect(response.status).toBe(200);
  const wanted = scores.map(({ name }) => name);
  const traceId = String(scores[0]?.traceId);
  await waitFor(`the scores ${wanted}`, async () => {
    const names = (await scoresOf(project, traceId)).map(({ name }) => name);
    return wanted.every((name) => names.includes(name));
  });
}

async function open(path: string, options: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  opened = await openPage(browser, `${server.url}${path}`, options);
  return opened.page;
}

/**
 * A page that is connected to the live events, and refreshes for no other reason: its timers of more than two seconds
 * never fire.
 */
async function openLive(path: string): Promise<Page> {
  const page = await open('/healthz');
  await page.addInitScript(() => {
    const startTimeout = window.setTimeout.bind(window);
    const startInterval = window.setInterval.bind(window);
    Object.assign(window, {
      setTimeout: (run: () => void, ms = 0) => (ms > 2000 ? 0 : startTimeout(run, ms)),
      setInterval: (run: () => void, ms = 0) => (ms > 2000 ? 0 : startInterval(run, ms)),
    });
  });
  await Promise.all([
    page.waitForResponse((response) => response.url().includes('/api/v1/live')),
    page.goto(`${server.url}${path}`),
  ]);
  return page;
}

async function judgedAnswer(project: string): Promise<{ traceId: string; ids: AnswerIds }> {
  const { spans, ids } = answerTrace();
  const traceId = await server.send(spans, { project });
  await score(
    project,
    {
      traceId,
      name: 'faithfulness',
      value: 0.42312,
      label: 'fail',
      source: 'llm',
      evaluator: 'ragas',
      comment: 'The second sentence is made up.',
      metadata: { model: 'judge-1' },
    },
    { traceId, name: 'tone', value: 'friendly', source: 'code' },
    { traceId, name: 'toxic', value: false, source: 'code' },
    { traceId, name: 'thumb', value: false, source: 'human' },
    { traceId, name: 'latency', value: 12_345.6, unit: 'ms' },
    { traceId, spanId: ids.search, name: 'relevance', value: 1, source: 'llm' },
    { traceId, spanId: ids.search, name: 'recall', value: 0.5, source: 'llm' },
  );
  return { traceId, ids };
}

const header = (page: Page) => page.getByRole('region', { name: 'Scores' });
const rowOf = (page: Page, spanId: string) => page.locator(`#span-${spanId}`);
const tab = (page: Page) => page.getByRole('tabpanel');

describe('scores from other sources', () => {
  it('are shown in the list as far as they fit, those of people first', async () => {
    await server.send(smallTrace('unscored'), { project: 'judged', startedAt: Date.now() - 60_000 });
    const page = await open('/?project=judged');
    const cells = page.locator('[data-trace] [data-column="scores"]').first();
    await expectText(cells).toBe('thumb down +6');
    await expectCount(page.getByRole('columnheader', { name: 'Scores' })).toBe(1);
    await expectText(page.locator('[data-trace]').nth(1).locator('[data-column="scores"]')).toBe('–');
    // The tooltip of the row lists all scores with all digits.
    await cells.getByText('+6').first().hover({ force: true });
    await expectAttribute(page.locator('[data-trace] a').first(), 'title').toContain(
      'faithfulness 0.42312 (fail), by llm ragas',
    );
    await page.setViewportSize({ width: 360, height: 700 });
    await expectText(page.locator('[data-trace]').first()).toMatch(/^answer_question 7/);
  });

  it('have no column if there are no scores', async () => {
    await server.send(smallTrace('unscored'), { project: 'scoreless' });
    const page = await open('/?project=scoreless');
    await page.locator('[data-trace]').first().waitFor();
    await expectCount(page.getByRole('columnheader', { name: 'Scores' })).toBe(0);
  });

  it('are shown in the header, each with a link to its span', async () => {
    const { traceId, ids } = judged;
    const page = await open(`/t/${traceId}?project=judged`);
    await header(page).getByText('thumb').waitFor();
    await expectCount(header(page).getByRole('button')).toBe(6);
    await expectText(header(page)).toMatch(/^thumb down .*\+3 Score$/);
    await header(page).getByRole('button', { name: 'All 7 scores' }).click();
    await page.getByRole('button', { name: 'relevance 1' }).last().click();
    await page.waitForURL(new RegExp(`span=${ids.search}`));
    await expectText(page.getByRole('tab', { selected: true })).toBe('Scores 2');
    await expectText(tab(page)).toContain('relevance 1');
  });

  it('mark the row of their span', async () => {
    const { traceId, ids } = judged;
    const page = await open(`/t/${traceId}?project=judged`);
    await rowOf(page, ids.search).getByText('+1').waitFor();
    await expectText(rowOf(page, ids.search)).toMatch(/score re(call|levance) (0\.5|1) ?\+1/);
    await expectCount(rowOf(page, ids.chat).getByText('score')).toBe(0);
  });

  it('are shown in full on their span: value, label, source, comment', async () => {
    const { traceId } = judged;
    const page = await open(`/t/${traceId}?project=judged&tab=scores`);
    await tab(page).getByText('faithfulness').waitFor();
    const lines = async () =>
      (await tab(page).getByRole('listitem').allInnerTexts())
        .map((line) => line.replace(/\s+/g, ' ').replace(/ \d\d:\d\d:\d\d/, ''))
        .toSorted();
    await eventually('the scores', lines).toEqual([
      'faithfulness 0.423 fail llm · ragas The second sentence is made up. Metadata',
      'latency 12,346 ms api',
      'thumb down human',
      'tone friendly code',
      'toxic no code',
    ]);
    await tab(page).getByText('Metadata').click();
    await tab(page).getByText('judge-1').waitFor();
  });

  it('appear on an open trace when a live event announces them', async () => {
    const traceId = await server.send(smallTrace('watched'), { project: 'watched' });
    const page = await openLive(`/t/${traceId}?project=watched`);
    await header(page).waitFor();
    await score('watched', { traceId, name: 'late', value: 0.25, source: 'code' });
    await header(page).getByRole('button', { name: 'late 0.25' }).waitFor();
  });

  it('appear in the list when a live event announces them', async () => {
    const traceId = await server.send(smallTrace('listed'), { project: 'listed' });
    const page = await openLive('/?project=listed');
    await page.locator('[data-trace]').first().waitFor();
    await score('listed', { traceId, name: 'late', value: 'good', source: 'code' });
    await expectText(page.locator('[data-trace] [data-column="scores"]')).toBe('late good');
  });
});

describe('a score by hand', () => {
  it('can be given with the keyboard alone, and is shown before the server has it', async () => {
    const { spans, ids } = answerTrace();
    const traceId = await server.send(spans, { project: 'keyboard' });
    const page = await open(`/t/${traceId}?project=keyboard&span=${ids.chat}`);
    await tab(page).waitFor();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/api/v1/scores?project=keyboard', async (route) => {
      if (route.request().method() === 'POST') await held;
      await route.continue();
    });
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog', { name: 'Add a score' });
    await dialog.waitFor();
    await dialog.getByRole('radio', { name: 'Span chat', checked: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Wrong order.');
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'hidden' });
    await header(page).getByRole('button', { name: 'thumb down' }).waitFor();
    expect(await scoresOf('keyboard', traceId)).toEqual([]);
    await page.getByRole('tab', { name: 'Scores' }).click();
    await tab(page).getByText('saving…').waitFor();
    release();
    await tab(page).getByText('saving…').waitFor({ state: 'hidden' });
    await expectText(tab(page).getByRole('listitem')).toMatch(
      /^thumb down human \d\d:\d\d:\d\d Wrong order\.$/,
    );
    await eventually('the scores', () => scoresOf('keyboard', traceId)).toEqual([
      expect.objectContaining({
        spanId: ids.chat,
        name: 'thumb',
        value: false,
        source: 'human',
        evaluator: null,
        comment: 'Wrong order.',
      }),
    ]);
  });

  it('replaces the previous one', async () => {
    const traceId = await server.send(smallTrace('changed'), { project: 'changed' });
    await score('changed', { traceId, name: 'thumb', value: false, source: 'human', comment: 'No.' });
    const page = await open(`/t/${traceId}?project=changed`);
    await header(page).getByRole('button', { name: 'thumb down' }).waitFor();
    await header(page).getByRole('button', { name: 'Score', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a score' });
    await dialog.getByRole('radio', { name: 'Down', checked: true }).waitFor();
    await expectInput(dialog.getByLabel('Comment')).toBe('No.');
    await dialog.getByRole('radio', { name: 'Up' }).check();
    await dialog.getByRole('button', { name: 'Update score' }).click();
    await header(page).getByRole('button', { name: 'thumb up' }).waitFor();
    await expectCount(header(page).getByRole('button', { name: 'thumb down' })).toBe(0);
    await eventually('the values', async () =>
      (await scoresOf('changed', traceId)).map(({ value }) => value),
    ).toEqual([true]);
  });

  it('shows the comment of the previous one even if it arrives after the dialog has opened', async () => {
    const traceId = await server.send(smallTrace('late'), { project: 'late' });
    await score('late', { traceId, name: 'thumb', value: false, source: 'human', comment: 'No.' });
    const page = await open('/?project=late');
    const mayArrive = Promise.withResolvers<void>();
    const reads = (url: URL) => url.pathname === '/api/v1/scores' && url.searchParams.has('traceId');
    await page.route(reads, async (route) => {
      await mayArrive.promise;
      await route.continue();
    });
    await page.goto(`${server.url}/t/${traceId}?project=late`);
    await header(page).getByRole('button', { name: 'thumb down' }).waitFor();
    await header(page).getByRole('button', { name: 'Score', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a score' });
    await dialog.getByRole('radio', { name: 'Down', checked: true }).waitFor();
    await expectInput(dialog.getByLabel('Comment')).toBe('');
    mayArrive.resolve();
    await expectInput(dialog.getByLabel('Comment')).toBe('No.');
  });

  it('a score that cannot be stored is removed, with the reason and a way to try again', async () => {
    const traceId = await server.send(smallTrace('refused'), { project: 'refused' });
    const page = await open(`/t/${traceId}?project=refused`);
    await tab(page).waitFor();
    const posts = (url: URL) => url.pathname === '/api/v1/scores' && !url.searchParams.has('traceId');
    await page.route(posts, (route) => route.abort());
    await page.keyboard.press('s');
    await page.getByRole('dialog', { name: 'Add a score' }).waitFor();
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert');
    await expectText(alert).toContain('Your score was not saved: The server is not reachable');
    await expectCount(header(page).getByRole('button', { name: 'thumb up' })).toBe(0);
    await page.unroute(posts);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await header(page).getByRole('button', { name: 'thumb up' }).waitFor();
    await alert.waitFor({ state: 'hidden' });
  });
});
