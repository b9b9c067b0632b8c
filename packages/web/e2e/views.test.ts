import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectAddress, expectCount, expectInput, expectText, expectTexts } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { answerTrace, smallTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const now = Date.now();
  await server.send(answerTrace().spans, { startedAt: now - 60_000 });
  await server.send(smallTrace('small one'), { startedAt: now - 120_000 });
});

interface View {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly state: { readonly search: Readonly<Record<string, string>> };
}

async function savedViews(): Promise<readonly View[]> {
  const answer = await fetch(`${server.url}/api/v1/views?project=demo`);
  return ((await answer.json()) as { views: View[] }).views;
}

async function save(name: string, search: Record<string, string>, isDefault = false): Promise<View> {
  const answer = await fetch(`${server.url}/api/v1/views?project=demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ page: 'traces', name, isDefault, state: { version: 1, search } }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as View;
}

beforeEach(async () => {
  for (const { id } of await savedViews())
    await fetch(`${server.url}/api/v1/views/${id}?project=demo`, { method: 'DELETE' });
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

async function open(query = '?project=demo'): Promise<Page> {
  const watched = await openPage(browser, `${server.url}/${query}`);
  opened.push(watched);
  return watched.page;
}

const names = (page: Page) => page.locator('[data-trace] a[href^="/t/"]');
const trigger = (page: Page) => page.getByRole('button', { name: /^Saved views/ });
const panel = (page: Page) => page.getByRole('dialog', { name: /^Saved views/ });
const listed = (page: Page) => panel(page).getByRole('listitem');

describe('saved views of the traces page', () => {
  it('can be saved, opened by a link, changed, renamed and deleted', async () => {
    const page = await open('?project=demo&q=small&sort=startTime');
    await expectTexts(names(page)).toEqual(['small one']);
    await trigger(page).click();
    await panel(page).getByRole('textbox', { name: 'Save this list as' }).fill('Small ones');
    await panel(page).getByRole('button', { name: 'Save view' }).click();
    await expectTexts(listed(page)).toEqual(['Without a view', 'Small ones']);
    const [view] = await savedViews();
    expect(view).toMatchObject({
      name: 'Small ones',
      isDefault: false,
      state: { version: 1, search: { q: 'small', sort: 'startTime' } },
    });
    await expectAddress(page).toBe(`/?project=demo&q=small&sort=startTime&view=${view?.id}`);
    await expectText(trigger(page)).toBe('Small ones');

    const other = await open(`?project=demo&view=${view?.id}`);
    await expectTexts(names(other)).toEqual(['small one']);
    await expectAddress(other).toBe(`/?q=small&sort=startTime&project=demo&view=${view?.id}`);

    await other.getByRole('combobox', { name: 'Filter' }).fill('answer');
    await other.keyboard.press('Enter');
    await expectTexts(names(other)).toEqual(['answer_question']);
    await expectText(trigger(other)).toBe('Small ones •');
    await trigger(other).click();
    await panel(other).getByRole('button', { name: 'Save changes' }).click();
    await expectText(trigger(other)).toBe('Small ones');
    expect((await savedViews())[0]?.state.search).toEqual({ q: 'answer', sort: 'startTime' });

    await panel(other).getByRole('button', { name: 'Rename' }).click();
    await panel(other).getByRole('textbox', { name: 'New name' }).fill('Answers');
    await panel(other).getByRole('button', { name: 'Rename' }).click();
    await expectText(trigger(other)).toBe('Answers');

    await panel(other).getByRole('button', { name: 'Delete' }).click();
    await panel(other).getByRole('button', { name: 'Delete view' }).click();
    await expectText(trigger(other)).toBe('Views');
    expect(await savedViews()).toEqual([]);
    await expectTexts(names(other)).toEqual(['answer_question']);
  });

  it('an address without a filter opens the default view', async () => {
    const { id } = await save('Small ones', { q: 'small' });
    const page = await open();
    await expectCount(names(page)).toBe(2);
    await trigger(page).click();
    await listed(page).getByRole('link', { name: 'Small ones' }).click();
    await expectTexts(names(page)).toEqual(['small one']);
    await trigger(page).click();
    await panel(page).getByRole('button', { name: 'Make default' }).click();
    await panel(page).getByRole('button', { name: 'No longer default' }).waitFor();

    const other = await open();
    await expectTexts(names(other)).toEqual(['small one']);
    await expectAddress(other).toBe(`/?q=small&project=demo&view=${id}`);
    await other.getByRole('button', { name: 'Clear the filter' }).click();
    await expectCount(names(other)).toBe(2);
    await expectAddress(other).toBe('/?project=demo&view=none');
    await other.reload();
    await expectCount(names(other)).toBe(2);
    await other.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Traces' }).click();
    await expectTexts(names(other)).toEqual(['small one']);
    await trigger(other).click();
    await listed(other).getByRole('link', { name: 'Without a view' }).click();
    await expectCount(names(other)).toBe(2);
  });

  it('an address keeps its own list if somebody changes the view', async () => {
    const { id } = await save('Small ones', { q: 'small' });
    const page = await open(`?project=demo&q=answer&view=${id}`);
    await expectTexts(names(page)).toEqual(['answer_question']);
    await expectText(trigger(page)).toBe('Small ones •');
  });

  it('keep the columns, whatever columns the browser of the reader remembers', async () => {
    const { id } = await save('Names and costs', { q: 'small', columns: 'name,cost' });
    const plain = await save('Plain', { q: 'small' });
    const page = await open();
    await page.evaluate(() => localStorage.setItem('throughline.columns.traces', '"?columns=name,tags"'));
    await page.goto(`${server.url}/?project=demo`);
    const headers = page.getByRole('columnheader');
    await expectCount(headers.filter({ hasText: 'Tags' })).toBe(1);
    await page.goto(`${server.url}/?project=demo&view=${id}`);
    await expectTexts(names(page)).toEqual(['small one']);
    await expectAddress(page).toBe(`/?q=small&columns=name%2Ccost&project=demo&view=${id}`);
    await expectCount(headers.filter({ hasText: 'Cost' })).toBe(1);
    await expectCount(headers.filter({ hasText: 'Tags' })).toBe(0);
    await expectText(trigger(page)).toBe('Names and costs');
    await page.goto(`${server.url}/?project=demo&view=${plain.id}`);
    await expectText(trigger(page)).toBe('Plain');
    await expectAddress(page).toBe(`/?q=small&project=demo&view=${plain.id}`);
  });

  it('belong to their page', async () => {
    await save('Of traces', { q: 'small' });
    const page = await open();
    await page.goto(`${server.url}/spans?project=demo&q=kind:llm`);
    await trigger(page).click();
    await panel(page).getByText('No saved views yet.').waitFor();
    await panel(page).getByRole('textbox', { name: 'Save this list as' }).fill('Model calls');
    await page.keyboard.press('Enter');
    await expectTexts(listed(page)).toEqual(['Without a view', 'Model calls']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expectTexts(page.getByRole('option', { name: /(traces|spans)$/ })).toEqual([
      'Model calls spans',
      'Of traces traces',
    ]);
    await page.getByRole('option', { name: /^Of traces/ }).click();
    await expectTexts(names(page)).toEqual(['small one']);
  });

  it('says that a view does not exist', async () => {
    const page = await open('?project=demo&view=gone');
    await expectText(page.getByRole('main')).toContain('The saved view of this link does not exist');
    await expectCount(names(page)).toBe(2);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expectAddress(page).toBe('/?project=demo');
  });

  it('shows why a view cannot be saved', async () => {
    await save('Taken', { q: 'small' });
    const page = await open();
    await expectCount(names(page)).toBe(2);
    await page.keyboard.press('v');
    await panel(page).getByRole('textbox', { name: 'Save this list as' }).fill('TAKEN');
    await page.keyboard.press('Enter');
    await expectText(panel(page).getByRole('alert')).toBe(
      'A view with this name exists. The page has a view named "TAKEN" already.',
    );
  });

  it('works with the keyboard alone, also in the command palette', async () => {
    const page = await open('?project=demo&q=small');
    await expectTexts(names(page)).toEqual(['small one']);
    await page.keyboard.press('v');
    await panel(page).getByRole('textbox', { name: 'Save this list as' }).focus();
    await page.keyboard.type('By keys');
    await page.keyboard.press('Enter');
    await expectText(trigger(page)).toBe('By keys');
    await page.keyboard.press('Escape');
    await expectCount(panel(page)).toBe(0);
    const other = await open();
    await expectCount(names(other)).toBe(2);
    await other.keyboard.press('Control+k');
    await other.keyboard.type('by keys');
    await expectTexts(other.getByRole('option')).toContain('By keys traces');
    await other.keyboard.press('Enter');
    await expectTexts(names(other)).toEqual(['small one']);
    await expectInput(other.getByRole('combobox', { name: 'Filter' })).toBe('small');
  });

  it('is accessible in both colour schemes', async () => {
    await save('Small ones', { q: 'small' }, true);
    const page = await open();
    await expectTexts(names(page)).toEqual(['small one']);
    await trigger(page).click();
    await panel(page).getByRole('button', { name: 'Rename' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});
