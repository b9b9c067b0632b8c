import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectCount, expectInput, expectText } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { answerTrace } from './support/traces.ts';

const KEY = 'key-of-this-test-0123456789';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage[] = [];
let traceId: string;
const { spans, ids } = answerTrace();

beforeAll(async () => {
  const settings = { THROUGHLINE_API_KEY: KEY, THROUGHLINE_SHARE_LINKS: 'true' };
  [server, browser] = await Promise.all([startTestServer(settings), launchBrowser()]);
  traceId = await server.send(spans);
  const score = { traceId, name: 'faithfulness', value: 0.42, comment: 'an internal comment' };
  const answer = await fetch(`${server.url}/api/v1/scores?project=demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': KEY },
    body: JSON.stringify([score]),
  });
  expect(answer.status).toBe(200);
});

afterEach(async () => {
  const faults = opened.flatMap((each) => each.faults);
  for (const { context } of opened) await context.close();
  opened = [];
  expect(faults).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page of somebody with the key. */
async function openAsOwner(): Promise<Page> {
  const watched = await openPage(browser, `${server.url}/t/${traceId}?project=demo`, {
    extraHTTPHeaders: { 'x-api-key': KEY },
  });
  opened.push(watched);
  return watched.page;
}

/** A page of somebody who has nothing but an address. */
async function openAsVisitor(url: string): Promise<Page> {
  const watched = await openPage(browser, url);
  opened.push(watched);
  return watched.page;
}

const panel = (page: Page) => page.getByRole('dialog', { name: 'Share this trace' });

async function createLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share this trace' }).click();
  await panel(page).getByRole('button', { name: 'Create link' }).click();
  const field = panel(page).getByRole('textbox', { name: 'The new link' });
  await expectInput(field).toMatch(/\/share\/[\w-]{43}$/);
  return field.inputValue();
}

describe('a public link to a trace', () => {
  it('shows the trace to somebody without a key, and nothing to change', async () => {
    const owner = await openAsOwner();
    const url = await createLink(owner);
    const visitor = await openAsVisitor(url);
    const answers: string[] = [];
    visitor.on('response', (response) =>
      answers.push(`${response.status()} ${new URL(response.url()).pathname}`),
    );
    await expectText(visitor.getByRole('heading', { level: 1 })).toBe('answer_question');
    await expectText(visitor.getByRole('banner').first()).toContain('Shared trace, read only');
    await visitor.getByText('lookup_order').first().click();
    await expectText(visitor.getByRole('region', { name: 'Span' })).toContain('lookup_order');
    await expectText(visitor.getByRole('tabpanel')).not.toBe('');
    for (const name of ['Share this trace', 'Command palette', 'Score', 'Add a score'])
      await expectCount(visitor.getByRole('button', { name })).toBe(0);
    await expectCount(visitor.getByRole('navigation')).toBe(0);
    await expectCount(visitor.getByRole('main').getByRole('link')).toBe(0);
    await expectCount(visitor.getByRole('tab', { name: /Scores/ })).toBe(0);
    await visitor.keyboard.press('s');
    await expectCount(visitor.getByRole('dialog')).toBe(0);
    expect(await visitor.content()).not.toMatch(/internal comment|faithfulness|demo/);
    await visitor.reload();
    await expectText(visitor.getByRole('region', { name: 'Span' })).toContain('lookup_order');
    expect(answers.filter((answer) => !/^(200|304) /.test(answer))).toEqual([]);
  });

  it('opens at a span, as the address says', async () => {
    const url = await createLink(await openAsOwner());
    const visitor = await openAsVisitor(`${url}?span=${ids.search}`);
    await expectText(visitor.getByRole('region', { name: 'Span' })).toContain('search');
  });

  it('does not work any more once it is deleted', async () => {
    const owner = await openAsOwner();
    const url = await createLink(owner);
    const links = panel(owner).getByRole('list', { name: 'Public links' }).getByRole('listitem');
    const before = await links.count();
    await expectText(links.first()).toMatch(/^Created .*, until /);
    await links.first().getByRole('button', { name: 'Delete' }).click();
    await expectCount(links).toBe(before - 1);
    await expectCount(panel(owner).getByRole('textbox', { name: 'The new link' })).toBe(0);
    const visitor = await openAsVisitor(url);
    await expectText(visitor.getByRole('main')).toContain('The link does not work');
    await expectText(visitor.getByRole('main')).toContain('Ask the person who sent it for a new one.');
  });

  it('leads nowhere else: every other page asks for the key', async () => {
    const url = await createLink(await openAsOwner());
    const visitor = await openAsVisitor(url);
    await expectText(visitor.getByRole('heading', { level: 1 })).toBe('answer_question');
    for (const path of ['/', `/t/${traceId}`, '/problems', '/api/v1/projects']) {
      const response = await visitor.goto(`${server.url}${path}`);
      expect([path, response?.status()]).toEqual([path, 401]);
    }
  });

  it('is accessible in both colour schemes, as is the menu that creates it', async () => {
    const owner = await openAsOwner();
    const url = await createLink(owner);
    expect(await violationsOf(owner)).toEqual([]);
    const visitor = await openAsVisitor(url);
    await expectText(visitor.getByRole('heading', { level: 1 })).toBe('answer_question');
    expect(await violationsOf(visitor)).toEqual([]);
    expect(await darkViolationsOf(visitor)).toEqual([]);
  });
});
