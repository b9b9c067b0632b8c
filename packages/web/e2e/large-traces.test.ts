import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, textOf } from './support/browser.ts';
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
const selectedName = (page: Page) =>
  textOf(page.getByRole('region', { name: 'Span' }).getByRole('heading', { level: 2 }));

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
  it('holds only the rows in sight, wherever the reader goes', async () => {
    const traceId = await server.send(wideTrace());
    const { page, context, faults } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
    await rows(page).first().waitFor();
    expect(await page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('5001');
    const most = async () => expect(await rows(page).count()).toBeLessThan(100);
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
    expect(await selectedName(page)).toBe('call 499.8');
    await page.locator('[role="row"][aria-selected="true"]').waitFor();
    await page.keyboard.press('e');
    expect(await selectedName(page)).toBe('call 321.4');
    await page.keyboard.press('C');
    expect(await page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('501');
    await page.getByRole('searchbox').fill('needle');
    await page.getByRole('button', { name: 'Only matches' }).click();
    expect(await page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('3');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a trace 1,200 levels deep', () => {
  it('is shown to its last level, with the name in sight', async () => {
    const traceId = await server.send(deepTrace(1200));
    const { page, context, faults } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
    await rows(page).first().waitFor();
    await page.keyboard.press('End');
    expect(await selectedName(page)).toBe('level 1199');
    const last = page.locator('[role="row"][aria-selected="true"]');
    expect(await last.getAttribute('aria-level')).toBe('1200');
    const name = await last.getByText('level 1199').boundingBox();
    expect((name?.x ?? 9999) + (name?.width ?? 0)).toBeLessThan(620);
    expect(await textOf(last)).toContain('⋯1199');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('long and hostile content', () => {
  it('folds a text of a megabyte and shows it piece by piece', async () => {
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
    const length = await pane.getByRole('tabpanel').evaluate((panel) => panel.textContent?.length ?? 0);
    expect(length).toBeGreaterThan(150_000);
    expect(length).toBeLessThan(300_000);
    expect(await page.evaluate(() => 'polluted' in {})).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });
});
