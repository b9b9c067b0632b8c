import { readFile } from 'node:fs/promises';
import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import {
  expectAddress,
  expectAttribute,
  expectCount,
  expectInput,
  expectText,
} from './support/expect-page.ts';
import type { TestSpan } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;

const MINUTE = 60_000;

/** A trace with a model call. Trace 0 is the newest. */
function turn(name: string, number: number): TestSpan[] {
  const root = `00000000000000a${number % 10}`;
  const labels = { 'session.id': `s${number % 2}` };
  return [
    { name: `${name} ${number}`, id: root, durationMs: 900, attributes: labels },
    {
      name: 'chat',
      parent: root,
      startMs: 10,
      durationMs: 400,
      attributes: { ...labels, 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
    },
  ];
}

async function fill(project: string, count: number): Promise<void> {
  const now = Date.now();
  for (let number = 0; number < count; number++)
    await server.send(turn('turn', number), {
      project,
      startedAt: now - (number + 1) * MINUTE,
      wait: number === count - 1,
    });
  await waitFor(`the traces of ${project}`, async () => (await tracesOf(project)).length === count);
}

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const now = Date.now();
  await server.sendAll(
    Array.from({ length: 130 }, (_, number) => ({
      spans: turn('many', number),
      startedAt: now - (number + 1) * MINUTE,
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

async function open(path: string, options: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  opened = await openPage(browser, `${server.url}${path}`, options);
  return opened.page;
}
const read = async <Body>(path: string): Promise<Body> =>
  (await (await fetch(`${server.url}/api/v1${path}`)).json()) as Body;
interface ListedTrace {
  readonly name: string;
  readonly givenTags: string[];
  readonly scores: { name: string; value: unknown }[];
}
const tracesOf = async (project: string, q = '') =>
  (await read<{ traces: ListedTrace[] }>(`/traces?project=${project}&q=${encodeURIComponent(q)}`)).traces;
const namesOf = async (project: string, q = '') => (await tracesOf(project, q)).map(({ name }) => name);

const bar = (page: Page) => page.getByRole('region', { name: 'Selection' });
const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });

it('rows are selected with the pointer, and Shift selects a range', async () => {
  await fill('pointer', 5);
  const page = await open('/?project=pointer');
  await box(page, 'Select turn 1').click();
  await expectText(bar(page)).toContain('1 trace selected');
  await box(page, 'Select turn 3').click({ modifiers: ['Shift'] });
  await expectText(bar(page)).toContain('3 traces selected');
  await expectAttribute(box(page, 'Select turn 2'), 'aria-checked').toBe('true');
  await expectAttribute(box(page, 'Select all traces of the list'), 'aria-checked').toBe('mixed');
  await box(page, 'Select turn 2').click();
  await expectText(bar(page)).toContain('2 traces selected');
  expect(await violationsOf(page)).toEqual([]);
  expect(await darkViolationsOf(page)).toEqual([]);
  await bar(page).getByRole('button', { name: 'Compare' }).click();
  await expectAddress(page).toMatch(/^\/compare\/\w+\/\w+\?project=pointer/);
});

it('the keyboard alone selects rows, tags them and finds them by the tag', async () => {
  await fill('keys', 5);
  const page = await open('/?project=keys');
  await box(page, 'Select turn 0').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expectText(bar(page)).toContain('3 traces selected');
  await page.keyboard.press('Escape');
  await expectCount(bar(page)).toBe(0);
  await page.keyboard.press('x');
  await page.keyboard.press('K');
  await expectText(bar(page)).toContain('2 traces selected');
  await bar(page).getByRole('button', { name: 'Tag' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Tag the selection' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.type('vip, to check');
  await page.keyboard.press('Enter');
  await expectText(bar(page)).toContain('The tags of 2 traces were changed.');
  expect(await namesOf('keys', 'tag:vip tag:"to check"')).toEqual(['turn 2', 'turn 3']);
  await page.goto(`${server.url}/?project=keys&q=${encodeURIComponent('tag:vip')}`);
  await expectCount(page.locator('[data-trace]')).toBe(2);
  await page.keyboard.press('A');
  await bar(page).getByRole('button', { name: 'Tag' }).click();
  await page.getByLabel('Remove tags').fill('vip');
  await page.getByRole('button', { name: 'Change tags' }).click();
  await expectCount(page.locator('[data-trace]')).toBe(0);
  expect(await namesOf('keys', 'tag:"to check"')).toEqual(['turn 2', 'turn 3']);
});

it('all rows that match are selected, also those that are not loaded, and are deleted after a question', async () => {
  const page = await open('/?project=demo&q=name:chat');
  await page.getByRole('checkbox', { name: 'Select all traces of the list' }).click();
  await expectText(bar(page)).toContain('100 traces selected');
  await bar(page).getByRole('button', { name: 'Select all traces that match' }).click();
  await expectText(bar(page)).toContain('130 traces selected');
  await bar(page).getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete traces' });
  await expectText(dialog).toContain('Delete 130 traces?');
  expect(await violationsOf(page)).toEqual([]);
  // The focus is on the button that keeps the traces.
  await page.keyboard.press('Enter');
  await expectCount(dialog.getByRole('heading')).toBe(0);
  await bar(page).getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete 130 traces' }).click();
  await expectText(bar(page)).toContain('130 traces deleted.');
  await expectCount(page.locator('[data-trace]')).toBe(0);
  expect(await namesOf('demo')).toEqual([]);
});

it('selected spans are scored, and their traces are exported', async () => {
  await fill('spans', 3);
  const page = await open('/spans?project=spans&q=kind:llm');
  await box(page, 'Select chat').first().waitFor();
  await page.keyboard.press('A');
  await bar(page).getByRole('button', { name: 'Score' }).click();
  await page.getByLabel('Name').fill('faithfulness');
  await page.getByLabel('Value').fill('0.75');
  await page.getByLabel('Comment (optional)').fill('all three at once');
  await page.getByRole('button', { name: 'Score 3 spans' }).click();
  await expectText(bar(page)).toContain('3 spans scored.');
  const { scores } = await read<{ scores: Record<string, unknown>[] }>('/scores?project=spans');
  expect(scores).toHaveLength(3);
  for (const score of scores)
    expect(score).toMatchObject({
      name: 'faithfulness',
      value: 0.75,
      comment: 'all three at once',
      source: 'human',
      spanId: expect.any(String),
    });
  await expectText(page.locator('[data-span]')).toContain('faithfulness');
  await box(page, 'Select chat').first().click();
  const download = page.waitForEvent('download');
  await bar(page).getByRole('button', { name: 'Export their traces' }).click();
  await page.getByRole('button', { name: /^JSON lines/ }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { type: string }).type).sort()).toEqual([
    'score',
    'span',
    'span',
  ]);
});

it('a session is deleted with all its traces, on a phone', async () => {
  await fill('sessions', 4);
  const page = await open('/sessions?project=sessions', { viewport: { width: 390, height: 844 } });
  await box(page, 'Select s1').click();
  expect(await violationsOf(page)).toEqual([]);
  await bar(page).getByRole('button', { name: 'Delete their traces' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete traces' });
  await expectText(dialog).toContain('Selected: 1 session with 2 traces.');
  await dialog.getByRole('button', { name: 'Delete 2 traces' }).click();
  await expectText(bar(page)).toContain('2 traces deleted.');
  await expectCount(page.locator('[data-session]')).toBe(1);
  expect(await namesOf('sessions')).toEqual(['turn 0', 'turn 2']);
});

it('a failure is shown, and the selection stays', async () => {
  await fill('failing', 2);
  const page = await open('/?project=failing');
  await box(page, 'Select turn 0').click();
  await page.route('**/api/v1/tags**', (route) => route.abort());
  await bar(page).getByRole('button', { name: 'Tag' }).click();
  await page.getByLabel('Add tags').fill('vip');
  await page.getByRole('button', { name: 'Change tags' }).click();
  await expectText(bar(page).getByRole('alert')).toContain('The server is not reachable');
  await expectText(bar(page)).toContain('1 trace selected');
});

it('a list is sorted by a text and by a score', async () => {
  await fill('sorted', 3);
  const { traces } = await read<{ traces: { traceId: string; name: string }[] }>('/traces?project=sorted');
  const values = [0.5, 0.9, 0.1];
  await fetch(`${server.url}/api/v1/scores?project=sorted`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      traces.map(({ traceId }, index) => ({ traceId, name: 'quality', value: values[index] })),
    ),
  });
  await waitFor('the scores', async () => (await tracesOf('sorted', 'score.quality:*')).length === 3);
  const page = await open('/?project=sorted');
  const names = () => page.locator('[data-trace] a[data-name]').allInnerTexts();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await eventually('the rows by name', names).toEqual(['turn 2', 'turn 1', 'turn 0']);
  await expectAddress(page).toContain('sort=-name');
  await page.keyboard.press('o');
  await page.getByLabel('Attribute or score to add as a column').fill('score.quality');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'quality' }).getByRole('button').click();
  await eventually('the rows by score', names).toEqual(['turn 1', 'turn 0', 'turn 2']);
  await expectText(page.locator('[data-trace] [data-column="score.quality"]').first()).toBe('0.9');
  await expectAddress(page).toContain('sort=-score.quality');
});

it('a condition is put together with the keyboard alone, from values with their counts', async () => {
  await fill('builder', 3);
  const page = await open('/?project=builder&q=kind:llm');
  await page.locator('[data-trace]').first().waitFor();
  await page.keyboard.press('+');
  const form = page.getByRole('form', { name: 'Add a condition' });
  await form.getByLabel('Field').focus();
  await page.keyboard.type('session');
  await expectText(form.getByRole('list', { name: 'Values' })).toContain('s0 2');
  expect(await violationsOf(page)).toEqual([]);
  expect(await darkViolationsOf(page)).toEqual([]);
  await form.getByLabel('Find or enter a value').focus();
  await page.keyboard.type('s1');
  await page.keyboard.press('Enter');
  await page.keyboard.type('other');
  await page.keyboard.press('Enter');
  await expectText(form.getByRole('status')).toBe('session:s1 OR session:other');
  await page.keyboard.press('Enter');
  await expectInput(page.getByRole('combobox', { name: 'Filter' })).toBe(
    'kind:llm (session:s1 OR session:other)',
  );
  await expectCount(page.locator('[data-trace]')).toBe(1);
});

it('numbers and attributes are conditions too, on a phone', async () => {
  const page = await open('/?project=builder', { viewport: { width: 390, height: 844 } });
  await page.getByRole('button', { name: 'Add a condition' }).click();
  const form = page.getByRole('form', { name: 'Add a condition' });
  await form.getByLabel('Field').selectOption('latency');
  await form.getByLabel('Operator').selectOption('is between');
  await form.getByLabel('From').fill('1ms');
  await form.getByRole('button', { name: 'Add the condition' }).click();
  await expectText(form.getByRole('status')).toBe('Enter both ends.');
  await form.getByLabel('To', { exact: true }).fill('5s');
  expect(await violationsOf(page)).toEqual([]);
  await form.getByRole('button', { name: 'Add the condition' }).click();
  await expectAddress(page).toContain('latency:1ms..5s');
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await form.getByLabel('Field').selectOption('Attribute…');
  await form.getByLabel('Key').fill('gen_ai.request.model');
  await form.getByLabel('Value').fill('gpt-4o');
  await form.getByRole('button', { name: 'Add the condition' }).click();
  await expectInput(page.getByRole('combobox', { name: 'Filter' })).toBe(
    'latency:1ms..5s attr.gen_ai.request.model:gpt-4o',
  );
  await expectCount(page.locator('[data-trace]')).toBe(3);
});

it('all times follow the chosen time zone, which the browser remembers', async () => {
  const startedAt = Date.now() - 5 * 86_400_000;
  await server.send(turn('zoned', 0), { project: 'zones', startedAt });
  const inZone = (timeZone: string) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
      .format(startedAt)
      .replace(',', '');
  const page = await open('/?project=zones&range=30d');
  const started = page.locator('[data-trace] [data-column="started"]');
  await expectText(started).toContain(inZone('UTC'));
  await page.getByRole('button', { name: /^Time range/ }).click();
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.keyboard.press('Escape');
  await expectText(started).toContain(inZone('Asia/Tokyo'));
  await page.getByRole('button', { name: /^Time range.*Asia\/Tokyo/ }).click();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expectAddress(page).toContain('from=2019-12-31T15:00:00.000Z');
  await page.goto(`${server.url}/?project=zones&range=30d`);
  await expectText(started).toContain(inZone('Asia/Tokyo'));
  await started.locator('xpath=..').getByRole('link', { name: 'zoned 0' }).click();
  await expectText(page.locator('header time')).toContain(inZone('Asia/Tokyo').slice(-8));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('time zone utc');
  await page.keyboard.press('Enter');
  await expectText(page.locator('header time')).toContain(inZone('UTC').slice(-8));
});

it('the first eight characters of an id open a trace, also from the command palette', async () => {
  const traceId = await server.send(turn('short', 0), { project: 'short' });
  const page = await open(`/t/${traceId.slice(0, 8)}`);
  await expectAddress(page).toBe(`/t/${traceId}?project=short`);
  await expectText(page.getByRole('heading', { name: 'short 0' })).toBe('short 0');
  await page.goto(`${server.url}/t/${'0'.repeat(12)}`);
  await expectText(page.getByRole('heading', { level: 1 })).toContain('Trace not found');
});

it('what a search found is marked in the list and in the details', async () => {
  const [root, chat] = turn('searched', 0) as [TestSpan, TestSpan];
  const answer = 'Your Überweisung of 20 euros was refunded.';
  await server.send(
    [root, { ...chat, attributes: { ...chat.attributes, 'output.value': answer, 'input.value': 'Refund?' } }],
    { project: 'marks' },
  );
  const page = await open(`/?project=marks&q=${encodeURIComponent('uberweisung refund*')}`);
  await eventually('the marks in the list', () => page.locator('[data-trace] mark').allInnerTexts()).toEqual([
    'Überweisung',
    'refunded',
  ]);
  await page
    .getByRole('link', { name: /Überweisung|searched 0/ })
    .first()
    .click();
  const marks = () =>
    page.evaluate(() =>
      [...(CSS.highlights.get('search') ?? [])].map((range) => String(range).toLowerCase()),
    );
  await eventually('the marks in the details', async () => [...new Set(await marks())].sort()).toEqual([
    'refunded',
    'überweisung',
  ]);
});
