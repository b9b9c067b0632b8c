import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, textOf, type WatchedPage } from './support/browser.ts';
import { newSpanId } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { type AnswerIds, answerTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let traceId: string;
let ids: AnswerIds;
let opened: WatchedPage | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const answer = answerTrace();
  ids = answer.ids;
  traceId = await server.send(answer.spans);
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
  opened = await openPage(browser, `${server.url}/t/${traceId}${query}`);
  await opened.page.getByRole('treegrid').waitFor();
  return opened.page;
}

const rows = (page: Page) => page.getByRole('treegrid').getByRole('row');
const selected = (page: Page) => page.locator('[role="row"][aria-selected="true"]');
const detail = (page: Page) => page.getByRole('region', { name: 'Span' });

describe('the trace page', () => {
  it('opens with the conclusion', async () => {
    const page = await open('?project=demo');
    const header = page.locator('main header').nth(1);
    const text = await textOf(header);
    expect(text).toContain('answer_question');
    expect(text).toContain('4.20 s');
    expect(text).toContain('$0.0880');
    expect(text).toContain('10,452 tok');
    expect(text).toContain('sess_9 · u_81');
    expect(text).toContain('Slowest: search 60 %');
    expect(text).toContain('Most expensive: chat $0.0880');
    expect(text).toContain('1 error: lookup_order');
    expect(await page.title()).toBe('answer_question · Throughline');
  });

  it('finds a trace whose link names no project, and puts the project into the address', async () => {
    const page = await open();
    await page.waitForURL(/project=demo/);
    expect(await rows(page).count()).toBe(5);
  });

  it('selects what a conclusion names', async () => {
    const page = await open('?project=demo');
    await page.getByRole('button', { name: 'lookup_order' }).click();
    await page.waitForURL(new RegExp(`span=${ids.tool}`));
    expect(await textOf(detail(page).getByRole('heading', { level: 2 }))).toBe('lookup_order');
    expect(await textOf(detail(page))).toContain('timed out after 5000 ms');
  });

  it('shows the tree with levels, kinds, cost, tokens and durations', async () => {
    const page = await open('?project=demo');
    const tree = await rows(page).evaluateAll((elements) =>
      elements.map((row) => [
        row.getAttribute('aria-level'),
        row.querySelector('svg[role="img"]')?.getAttribute('aria-label'),
        ...[...row.querySelectorAll('[role="gridcell"]')].map((cell) =>
          (cell.textContent ?? '').replace(/\s+/g, ' ').trim(),
        ),
      ]),
    );
    expect(tree).toEqual([
      ['1', 'Chain', 'answer_question', '$0.0880', '10,452', '4.20 s'],
      ['2', 'Retriever', 'search', '2 docs', '2.50 s'],
      ['2', 'Reranker', 'rerank', '2 → 1 doc', '100 ms'],
      ['2', 'LLM', 'chat gpt-4o', '$0.0880', '10,452', '1.40 s'],
      ['2', 'Tool', 'lookup_order', '', '', '80 ms'],
    ]);
  });

  it('restores the whole view from a link', async () => {
    const page = await open(`?project=demo&span=${ids.chat}&tab=usage&find=chat&zoom=2000~4200`);
    expect(await selected(page).getAttribute('id')).toBe(`span-${ids.chat}`);
    expect(await textOf(page.getByRole('tab', { selected: true }))).toBe('Usage');
    expect(await page.getByRole('searchbox', { name: 'Find a span' }).inputValue()).toBe('chat');
    await page.getByRole('button', { name: 'All time' }).waitFor();
    expect(new URL(page.url()).search).toBe(
      `?project=demo&span=${ids.chat}&tab=usage&find=chat&zoom=2000~4200`,
    );
  });

  it('is walked with the keyboard', async () => {
    const page = await open('?project=demo');
    const name = () => textOf(detail(page).getByRole('heading', { level: 2 }));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await name()).toBe('rerank');
    await page.keyboard.press('k');
    expect(await name()).toBe('search');
    await page.keyboard.press('$');
    expect(await name()).toBe('chat');
    await page.keyboard.press('e');
    expect(await name()).toBe('lookup_order');
    await page.keyboard.press('ArrowLeft');
    expect(await name()).toBe('answer_question');
    await page.keyboard.press('ArrowLeft');
    expect(await rows(page).count()).toBe(1);
    expect(await rows(page).first().getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('ArrowRight');
    expect(await rows(page).count()).toBe(5);
    await page.keyboard.press('ArrowRight');
    expect(await name()).toBe('search');
    await page.keyboard.press('f');
    await page.waitForURL(/zoom=0~/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('tabpanel');
  });

  it('zooms with the wheel, pans by drag, and shows all again', async () => {
    const page = await open('?project=demo');
    const box = await page.getByRole('treegrid').boundingBox();
    if (!box) throw new Error('the tree has no size');
    const [x, y] = [box.x + box.width - 150, box.y + 60];
    const zoom = () =>
      (new URL(page.url()).searchParams.get('zoom') ?? '0~4200').split('~').map(Number) as [number, number];
    await page.mouse.move(x, y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await page.waitForURL(/zoom=/);
    const [from, to] = zoom();
    expect(to - from).toBeLessThan(2500);
    const before = page.url();
    await page.mouse.down();
    await page.mouse.move(x - 60, y, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL((url) => url.href !== before);
    expect(zoom()[0]).toBeGreaterThan(from);
    expect(zoom()[1] - zoom()[0]).toBeCloseTo(to - from, 3);
    expect(await selected(page).getAttribute('id')).toBe(`span-${ids.root}`);
    await page.getByRole('button', { name: 'All time' }).click();
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
  });

  it('finds spans and steps through them', async () => {
    const page = await open('?project=demo');
    await page.keyboard.press('/');
    await page.keyboard.type('r');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.waitForURL(new RegExp(`span=${ids.rerank}`));
    await page.getByRole('searchbox').fill('timed out');
    await page.getByRole('button', { name: 'Only matches' }).click();
    expect(await rows(page).count()).toBe(2);
    expect(await textOf(page.locator('output'))).toBe('1');
  });

  it('lists its keys', async () => {
    const page = await open('?project=demo');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys of this page' });
    expect(await textOf(help)).toMatch(/Next most expensive\s+\$/);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });

  it('says where else to look for a trace that is not there', async () => {
    opened = await openPage(browser, `${server.url}/t/${'0'.repeat(32)}?project=demo`);
    const { page } = opened;
    await page.getByRole('heading', { name: 'No trace with this id in demo' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'All traces' }).click();
    await page.waitForURL(/\/\?project=demo/);
  });
});

describe('the detail pane', () => {
  it('shows a conversation with its tool calls, results and media from the record', async () => {
    const page = await open(`?project=demo&span=${ids.chat}`);
    const pane = detail(page);
    await pane.getByText('It left the warehouse this morning.').waitFor();
    expect(await pane.locator('ol > li').count()).toBeGreaterThanOrEqual(5);
    expect(await textOf(pane.locator('strong').first())).toBe('briefly');
    expect(await pane.getByText('finished: stop').count()).toBe(1);
    expect(
      await pane
        .locator('img')
        .evaluateAll((images) => images.map((image) => image.getAttribute('src')?.slice(0, 22))),
    ).toEqual(['data:image/png;base64,']);
    expect(await pane.locator('details').first().getAttribute('open')).toBeNull();
    await pane.getByRole('button', { name: 'ran here' }).click();
    await page.waitForURL(new RegExp(`span=${ids.tool}`));
  });

  it('never runs, loads or follows what a message says', async () => {
    const page = await open(`?project=demo&span=${ids.chat}`);
    const pane = detail(page);
    await pane.getByRole('link', { name: 'fine' }).waitFor();
    const links = await pane
      .locator('.prose-message a')
      .evaluateAll((found) =>
        found.map((link) => [link.textContent, link.getAttribute('href'), link.getAttribute('rel')]),
      );
    expect(links).toEqual([
      ['image: picture', 'http://127.0.0.1:1/tracker.png', 'noopener noreferrer'],
      ['fine', 'https://example.com/', 'noopener noreferrer'],
    ]);
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    expect(await textOf(pane)).toContain('<script>window.harmed=1</script>');
  });

  it('remembers whether texts are rendered', async () => {
    const page = await open(`?project=demo&span=${ids.chat}`);
    await detail(page).getByRole('button', { name: 'Raw', exact: true }).click();
    await detail(page).getByText('Answer **briefly**.').waitFor();
    await page.reload();
    await detail(page).getByText('Answer **briefly**.').waitFor();
  });

  it('splits tokens into what was cached and what was not', async () => {
    const page = await open(`?project=demo&span=${ids.chat}&tab=usage`);
    await detail(page).getByRole('table').waitFor();
    const table = await detail(page)
      .getByRole('row')
      .evaluateAll((found) =>
        found.map((row) => [...row.querySelectorAll('th,td')].slice(0, 2).map((cell) => cell.textContent)),
      );
    expect(table.slice(1)).toEqual([
      ['Uncached input', '3,668'],
      ['Read from cache', '6,144'],
      ['Output', '640'],
      ['Total', '10,452'],
    ]);
  });

  it('ranks what a retriever found', async () => {
    const page = await open(`?project=demo&span=${ids.search}`);
    await detail(page).getByText('Orders leave within a day.').waitFor();
    const text = await textOf(detail(page));
    expect(text).toContain('order 8812');
    expect(text).toMatch(/1 doc-a 0\.93 .*2 doc-b 0\.41/);
  });

  it('shows before and after of a reranker with the moves', async () => {
    const page = await open(`?project=demo&span=${ids.rerank}`);
    await detail(page).getByText('↑1').waitFor();
    expect(await textOf(detail(page))).toContain('dropped');
  });

  it('shows what a tool got, gave and threw', async () => {
    const page = await open(`?project=demo&span=${ids.tool}`);
    await detail(page).getByText('orderId:').waitFor();
    expect(await textOf(detail(page))).toContain('shipped');
    await detail(page).getByRole('tab', { name: 'Events' }).click();
    await detail(page).getByText('at lookupOrder (orders.ts:41:13)').waitFor();
  });

  it('finds one attribute among many', async () => {
    const page = await open(`?project=demo&span=${ids.chat}&tab=attributes`);
    await detail(page).getByRole('searchbox', { name: 'Find an attribute' }).fill('temperature');
    const found = await detail(page).getByRole('row').allInnerTexts();
    expect(found.slice(1).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      'gen_ai.request.temperature 0.2',
    ]);
  });

  it('gives the answer of the API as it is', async () => {
    const page = await open(`?project=demo&span=${ids.tool}&tab=raw`);
    await detail(page).getByText(`"spanId": "${ids.tool}"`).waitFor();
  });

  it('marks what is new since the call before', async () => {
    const say = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
    const asked = [say('system', 'Be brief.'), say('user', 'First question')];
    const answer = say('assistant', 'First answer');
    const agent = newSpanId();
    const second = newSpanId();
    const call = (messages: unknown, output: unknown) => ({
      'openinference.span.kind': 'LLM',
      'gen_ai.input.messages': messages,
      'gen_ai.output.messages': [output],
    });
    const chat = await server.send([
      { name: 'agent', id: agent, durationMs: 100 },
      { name: 'call one', parent: agent, startMs: 1, durationMs: 9, attributes: call(asked, answer) },
      {
        name: 'call two',
        id: second,
        parent: agent,
        startMs: 20,
        durationMs: 9,
        attributes: call(
          [...asked, answer, say('user', 'Second question')],
          say('assistant', 'Second answer'),
        ),
      },
    ]);
    opened = await openPage(browser, `${server.url}/t/${chat}?project=demo&span=${second}`);
    const { page } = opened;
    await page.getByText('new since the call before').waitFor();
    const items = await detail(page).locator('ol').first().locator('li').allInnerTexts();
    expect(items.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      'System Be brief.',
      'User First question',
      'Assistant First answer',
      'new since the call before',
      'User Second question',
    ]);
  });
});
