import { eventually } from '@throughline/tests/eventually';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectAttribute, expectCount, expectText } from './support/expect-page.ts';
import { newSpanId, type TestSpan } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const rows = (page: Page) => page.getByRole('treegrid').getByRole('row');
const expectSelectedName = (page: Page) =>
  expectText(page.getByRole('region', { name: 'Span' }).getByRole('heading', { level: 2 }));

/** A root, 500 steps, nine calls in each. */
function wideTrace(): readonly TestSpan[] {
  const root = newSpanId();
  const spans: TestSpan[] = [{ name: 'wide', id: root, durationMs: 60_000 }];
  for (let step = 0; step < 500; step++) {
    const id = newSpanId();
    spans.push({ name: `step ${step}`, id, parent: root, startMs: step * 118, durationMs: 115 });
    for (let call = 0; call < 9; call++) {
      const failed = step === 321 && call === 4;
      spans.push({
        name: `call ${step}.${call}`,
        parent: id,
        startMs: step * 118 + call * 12,
        durationMs: 10,
        ...(failed && { error: 'needle' }),
      });
    }
  }
  return spans;
}

function deepTrace(depth: number): readonly TestSpan[] {
  const ids = Array.from({ length: depth }, newSpanId);
  return ids.map((id, i) => ({
    name: `level ${i}`,
    id,
    ...(i > 0 && { parent: ids[i - 1] as string }),
    startMs: i,
    durationMs: depth * 2 - i,
  }));
}

describe('a trace of 5,001 spans', () => {
  it('renders only the visible rows at every scroll position', async () => {
    const traceId = await server.send(wideTrace());
    const { page, context, faults } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
    await rows(page).first().waitFor();
    await expectAttribute(page.getByRole('treegrid'), 'aria-rowcount').toBe('5001');
    const most = () => expectCount(rows(page)).toBeLessThan(100);
    await most();

    const seen = new Set<string>();
    for (let i = 0; i < 10; i++) {
      await page.getByRole('treegrid').evaluate((element, at) => {
        element.scrollTop = (element.scrollHeight - element.clientHeight) * at;
      }, i / 9);
      await page.waitForFunction(() => {
        const grid = document.querySelector('[role="treegrid"]') as HTMLElement;
        const inSight = Math.floor((grid.scrollTop + grid.clientHeight / 2) / 28);
        return grid.querySelector(`[aria-rowindex="${inSight + 1}"]`) !== null;
      });
      await most();
      for (const name of await rows(page).allInnerTexts()) seen.add(name);
    }
    expect(seen.size).toBeGreaterThan(400);

    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await expectSelectedName(page).toBe('call 499.8');
    await page.locator('[role="row"][aria-selected="true"]').waitFor();
    await page.keyboard.press('e');
    await expectSelectedName(page).toBe('call 321.4');
    await page.keyboard.press('C');
    await expectAttribute(page.getByRole('treegrid'), 'aria-rowcount').toBe('501');
    await page.getByRole('searchbox').fill('needle');
    await page.getByRole('button', { name: 'Only matches' }).click();
    await expectAttribute(page.getByRole('treegrid'), 'aria-rowcount').toBe('3');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a trace 1,200 levels deep', () => {
  it('can be viewed to its last level, with the names visible', async () => {
    const traceId = await server.send(deepTrace(1200));
    const { page, context, faults } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
    await rows(page).first().waitFor();
    await page.keyboard.press('End');
    await expectSelectedName(page).toBe('level 1199');
    const last = page.locator('[role="row"][aria-selected="true"]');
    await expectAttribute(last, 'aria-level').toBe('1200');
    await eventually('the right edge of the name', async () => {
      const box = await last.getByText('level 1199').boundingBox();
      return box ? box.x + box.width : Number.POSITIVE_INFINITY;
    }).toBeLessThan(620);
    await expectText(last).toContain('⋯1199');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('long and hostile content', () => {
  it('folds a text of 1.5 MB and unfolds it in steps', async () => {
    const traceId = await server.send([
      {
        name: 'x'.repeat(600),
        durationMs: 5,
        attributes: {
          'openinference.span.kind': 'CHAIN',
          'input.value': 'word '.repeat(300_000),
          'output.value': '{"__proto__":{"polluted":true},"constructor":1}',
        },
      },
    ]);
    const { page, context, faults } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
    const pane = page.getByRole('region', { name: 'Span' });
    await pane.getByRole('button', { name: /Show more · 1.5 M chars/ }).click();
    await pane.getByText('__proto__:').waitFor();
    const length = () => pane.getByRole('tabpanel').evaluate((panel) => panel.textContent?.length ?? 0);
    await eventually('the length of the text', length).toBeGreaterThan(150_000);
    expect(await length()).toBeLessThan(300_000);
    expect(await page.evaluate(() => 'polluted' in {})).toBe(false);
    await eventually('pixels beyond the window', () =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});
