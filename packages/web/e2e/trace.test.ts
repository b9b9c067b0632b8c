import { eventually } from '@throughline/tests/eventually';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import {
  expectAddress,
  expectAttribute,
  expectCount,
  expectFocusedRole,
  expectInput,
  expectText,
  expectTexts,
} from './support/expect-page.ts';
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
  it('begins with a summary', async () => {
    const page = await open('?project=demo');
    const header = page.locator('main header').nth(1);
    await expectText(header).toContain('answer_question');
    await expectText(header).toContain('4.20 s');
    await expectText(header).toContain('$0.0880');
    await expectText(header).toContain('10,452 tokens');
    await expectText(header).toContain('sess_9 u_81');
    await expectText(header.getByRole('region', { name: 'Conclusion' })).toContain(
      'search took 2.50 s of 4.20 s (60 %). chat gpt-4o cost $0.0880, all of the trace. ' +
        'lookup_order failed (TimeoutError); answer_question went on.',
    );
    await eventually('the title', () => page.title()).toBe('answer_question · Throughline');
  });

  it('finds a trace by a link without a project, and adds the project to the address', async () => {
    const page = await open();
    await page.waitForURL(/project=demo/);
    await expectCount(rows(page)).toBe(5);
    const asked = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => new URL(name).pathname)
        .filter((path) => /^\/api\/v1\/traces\/\w+(\/projects)?$/.test(path))
        .map((path) => path.replace(/\w{32}/, '<id>')),
    );
    expect(asked).toEqual(['/api/v1/traces/<id>/projects', '/api/v1/traces/<id>']);
  });

  it('says how a server can be told to share traces', async () => {
    const page = await open('?project=demo');
    await page.getByRole('button', { name: 'Share this trace' }).click();
    const panel = page.getByRole('dialog', { name: 'Share this trace' });
    await expectText(panel).toContain('Start the server with --share-links');
    await expectCount(panel.getByRole('button', { name: 'Create link' })).toBe(0);
  });

  it('selects a span that the summary names', async () => {
    const page = await open('?project=demo');
    await page.getByRole('button', { name: 'lookup_order' }).click();
    await page.waitForURL(new RegExp(`span=${ids.tool}`));
    await expectText(detail(page).getByRole('heading', { level: 2 })).toBe('lookup_order');
    await expectText(detail(page)).toContain('timed out after 5000 ms');
  });

  it('shows the tree with levels, kinds, cost, tokens and durations', async () => {
    const page = await open('?project=demo');
    const tree = () =>
      rows(page).evaluateAll((elements) =>
        elements.map((row) => [
          row.getAttribute('aria-level'),
          row.querySelector('svg[role="img"]')?.getAttribute('aria-label'),
          ...[...row.querySelectorAll('[role="gridcell"]')].map((cell) =>
            (cell.textContent ?? '').replace(/\s+/g, ' ').trim(),
          ),
        ]),
      );
    await eventually('the tree', tree).toEqual([
      ['1', 'Chain', 'answer_question', '$0.0880', '10,452', '4.20 s'],
      ['2', 'Retriever', 'search', '2 docs', '2.50 s'],
      ['2', 'Reranker', 'rerank', '2 → 1 doc', '100 ms'],
      ['2', 'LLM', 'chat gpt-4o', '$0.0880', '10,452', '1.40 s'],
      ['2', 'Tool', 'lookup_order', '', '', '80 ms'],
    ]);
  });

  it('restores the whole view from a link', async () => {
    const page = await open(`?project=demo&span=${ids.chat}&tab=usage&find=chat&zoom=2000~4200`);
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.chat}`);
    await expectText(page.getByRole('tab', { selected: true })).toBe('Usage');
    await expectInput(page.getByRole('searchbox', { name: 'Find a span' })).toBe('chat');
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    await expectAddress(page).toBe(
      `/t/${traceId}?project=demo&span=${ids.chat}&tab=usage&find=chat&zoom=2000~4200`,
    );
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open('?project=demo');
    const expectName = () => expectText(detail(page).getByRole('heading', { level: 2 }));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expectName().toBe('rerank');
    await page.keyboard.press('k');
    await expectName().toBe('search');
    await page.keyboard.press('$');
    await expectName().toBe('chat');
    await page.keyboard.press('e');
    await expectName().toBe('lookup_order');
    await page.keyboard.press('ArrowLeft');
    await expectName().toBe('answer_question');
    await page.keyboard.press('ArrowLeft');
    await expectCount(rows(page)).toBe(1);
    await expectAttribute(rows(page).first(), 'aria-expanded').toBe('false');
    await page.keyboard.press('ArrowRight');
    await expectCount(rows(page)).toBe(5);
    await page.keyboard.press('ArrowRight');
    await expectName().toBe('search');
    await page.keyboard.press('f');
    await page.waitForURL(/zoom=0~/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    await page.keyboard.press('Enter');
    await expectFocusedRole(page).toBe('tabpanel');
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
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.root}`);
    await page.getByRole('button', { name: 'Reset zoom' }).click();
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
    await expectCount(rows(page)).toBe(2);
    await expectText(page.locator('output')).toBe('1');
  });

  it('lists its keyboard shortcuts', async () => {
    const page = await open('?project=demo');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expectText(help).toMatch(/Next most expensive span\s+\$/);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });

  it('links to all traces if the trace does not exist', async () => {
    opened = await openPage(browser, `${server.url}/t/${'0'.repeat(32)}?project=demo`);
    const { page } = opened;
    await page.getByRole('heading', { name: 'Trace not found in demo' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'All traces' }).click();
    await page.waitForURL(/\/\?project=demo/);
  });
});

describe('the detail pane', () => {
  it('shows a conversation with its tool calls, results and media from the record', async () => {
    const page = await open(`?project=demo&span=${ids.chat}`);
    const pane = detail(page);
    await pane.getByText('It left the warehouse this morning.').waitFor();
    await expectCount(pane.locator('ol > li')).toBeGreaterThanOrEqual(5);
    await expectText(pane.locator('strong').first()).toBe('briefly');
    await expectCount(pane.getByText('finish reason: stop')).toBe(1);
    await eventually('the images', () =>
      pane
        .locator('img')
        .evaluateAll((images) => images.map((image) => image.getAttribute('src')?.slice(0, 22))),
    ).toEqual(['data:image/png;base64,']);
    await expectAttribute(pane.locator('details').first(), 'open').toBeNull();
    await pane.getByRole('button', { name: 'Go to tool span' }).first().click();
    await page.waitForURL(new RegExp(`span=${ids.tool}`));
  });

  it('never runs scripts, loads pictures or follows links of a message', async () => {
    const page = await open(`?project=demo&span=${ids.chat}`);
    const pane = detail(page);
    await pane.getByRole('link', { name: 'fine' }).waitFor();
    const links = () =>
      pane
        .locator('.prose-message a')
        .evaluateAll((found) =>
          found.map((link) => [link.textContent, link.getAttribute('href'), link.getAttribute('rel')]),
        );
    await eventually('the links', links).toEqual([
      ['image: picture', 'http://127.0.0.1:1/tracker.png', 'noopener noreferrer'],
      ['fine', 'https://example.com/', 'noopener noreferrer'],
    ]);
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    await expectText(pane).toContain('<script>window.harmed=1</script>');
  });

  it('remembers whether to render texts', async () => {
    const page = await open(`?project=demo&span=${ids.chat}`);
    await detail(page).getByRole('button', { name: 'Raw', exact: true }).click();
    await detail(page).getByText('Answer **briefly**.').waitFor();
    await page.reload();
    await detail(page).getByText('Answer **briefly**.').waitFor();
  });

  it('shows cached and uncached tokens separately', async () => {
    const page = await open(`?project=demo&span=${ids.chat}&tab=usage`);
    await detail(page).getByRole('table').waitFor();
    const table = () =>
      detail(page)
        .getByRole('row')
        .evaluateAll((found) =>
          found
            .slice(1)
            .map((row) => [...row.querySelectorAll('th,td')].slice(0, 2).map((cell) => cell.textContent)),
        );
    await eventually('the table', table).toEqual([
      ['Uncached input', '3,668'],
      ['Read from cache', '6,144'],
      ['Output', '640'],
      ['Total', '10,452'],
    ]);
  });

  it('ranks the documents of a retriever', async () => {
    const page = await open(`?project=demo&span=${ids.search}`);
    await detail(page).getByText('Orders leave within a day.').waitFor();
    await expectText(detail(page)).toContain('order 8812');
    await expectText(detail(page)).toMatch(/1 doc-a 0\.93 .*2 doc-b 0\.41/);
  });

  it('shows how a reranker moved documents', async () => {
    const page = await open(`?project=demo&span=${ids.rerank}`);
    await detail(page).getByText('↑1').waitFor();
    await expectText(detail(page)).toContain('dropped');
  });

  it('shows the arguments, the result and the error of a tool', async () => {
    const page = await open(`?project=demo&span=${ids.tool}`);
    await detail(page).getByText('orderId:').waitFor();
    await expectText(detail(page)).toContain('shipped');
    await detail(page).getByRole('tab', { name: 'Events' }).click();
    await detail(page).getByText('at lookupOrder (orders.ts:41:13)').waitFor();
  });

  it('finds one attribute among many', async () => {
    const page = await open(`?project=demo&span=${ids.chat}&tab=attributes`);
    await detail(page).getByRole('searchbox', { name: 'Find an attribute' }).fill('temperature');
    // The first row is the header.
    await expectTexts(detail(page).getByRole('row')).toEqual([
      expect.any(String),
      'gen_ai.request.temperature 0.2',
    ]);
  });

  it('shows the raw response of the API', async () => {
    const page = await open(`?project=demo&span=${ids.tool}&tab=raw`);
    await detail(page).getByText(`"spanId": "${ids.tool}"`).waitFor();
  });

  it('opens at what is new since the previous call, and folds the messages before', async () => {
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
    const messages = detail(page).locator('ol').first().locator('li');
    await expectTexts(messages).toEqual(['User Second question']);
    await page.getByRole('button', { name: '3 messages as before' }).click();
    await expectTexts(messages).toEqual([
      'System Be brief.',
      'User First question',
      'Assistant First answer',
      'new since the previous call',
      'User Second question',
    ]);
  });
});
