import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectAddress, expectCount, expectText, expectTexts } from './support/expect-page.ts';
import { newSpanId, type TestSpan } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { HOSTILE } from './support/traces.ts';

let server: TestServer;
let browser: Browser;
let first: string;
let second: string;
let opened: WatchedPage | undefined;

/** Four equal steps and a call whose output differs; the second run has another step, and its root is slower. */
function run(output: string, isLater: boolean): readonly TestSpan[] {
  const root = newSpanId();
  return [
    { name: 'nightly_report', id: root, durationMs: isLater ? 2000 : 1000 },
    ...['load', 'clean', 'join', 'count'].map((name, i) => ({
      name,
      parent: root,
      startMs: i * 100,
      durationMs: 90,
    })),
    ...(isLater ? [{ name: 'rerank', parent: root, startMs: 500, durationMs: 300 }] : []),
    {
      name: 'write',
      parent: root,
      startMs: 900,
      durationMs: 90,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: output }] },
        ]),
      },
    },
  ];
}

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  first = await server.send(run('Sales rose by two percent.', false), { startedAt: Date.now() - 60_000 });
  second = await server.send(run(`Sales fell by two percent. ${HOSTILE}`, true));
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

async function open(path: string): Promise<Page> {
  opened = await openPage(browser, `${server.url}${path}`);
  return opened.page;
}

const steps = (page: Page) => page.getByRole('region', { name: 'Steps' });
const summary = (page: Page) => page.getByRole('status', { name: 'Summary' });

describe('the comparison of two traces', () => {
  it('opens from a trace with the run before it, and begins with a summary', async () => {
    const page = await open(`/t/${second}?project=demo`);
    await page.getByRole('button', { name: 'Compare' }).click();
    await expectAddress(page).toBe(`/compare/${first}/${second}?project=demo`);
    await expectText(summary(page)).toBe(
      '5 steps are the same, 1 changed, 1 added: rerank. The second took 1.00 s longer.',
    );
  });

  it('says if no earlier trace has the name', async () => {
    const page = await open(`/t/${first}?project=demo`);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('No earlier trace has this name.').waitFor();
  });

  it('opens with the run of the same input, or of a week before, and says how long the usual run takes', async () => {
    const day = 86_400_000;
    const ask = (input: string, daysAgo: number, durationMs: number) =>
      server.send([{ name: 'weekly', durationMs, attributes: { 'input.value': input } }], {
        startedAt: Date.now() - daysAgo * day - 60_000,
      });
    const weekOld = await ask('other', 8, 400);
    const same = await ask('question', 3, 100);
    await ask('other', 2, 300);
    const now = await ask('question', 0, 400);
    const page = await open(`/t/${now}?project=demo`);
    const menu = page.getByRole('dialog', { name: 'Earlier runs' });
    await page.getByRole('button', { name: 'Earlier runs' }).click();
    await expectText(menu).toMatch(/times as long as the median \(\d+ ms\) of 2 traces\./);
    await menu.getByRole('button', { name: 'The previous run of the same input' }).click();
    await expectAddress(page).toBe(`/compare/${same}/${now}?project=demo`);
    await page.goBack();
    await page.getByRole('button', { name: 'Earlier runs' }).click();
    await menu.getByRole('button', { name: 'The same name a week before' }).click();
    await expectAddress(page).toBe(`/compare/${weekOld}/${now}?project=demo`);
  });

  it('folds equal steps and shows what is different', async () => {
    const page = await open(`/compare/${first}/${second}?project=demo`);
    await expectTexts(steps(page).locator('tbody tr td:first-child')).toEqual([
      'nightly_report',
      '4 steps the same',
      'rerank added',
      'write changed',
    ]);
    await steps(page).getByRole('button', { name: '4 steps the same' }).click();
    await expectCount(steps(page).locator('tbody tr')).toBe(7);
  });

  it('shows the words that differ with the keyboard, and hostile content stays text', async () => {
    const page = await open(`/compare/${first}/${second}?project=demo`);
    await steps(page).waitFor();
    for (const _ of ['the slower root', 'the new step', 'the other output']) await page.keyboard.press('n');
    await page.waitForURL(/step=6/);
    const step = page.getByRole('region', { name: 'Step', exact: true });
    await expectTexts(step.locator('del')).toEqual(['rose']);
    await expectText(step.locator('ins').first()).toBe('fell');
    await expectText(step).toContain('<script>window.harmed=1</script>');
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    await page.keyboard.press('Escape');
    await expectCount(step).toBe(0);
  });

  it('has no accessibility violations', async () => {
    const page = await open(`/compare/${first}/${second}?project=demo&step=6`);
    await page.locator('ins').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});
