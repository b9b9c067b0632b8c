import { eventually } from '@throughline/tests/eventually';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectAttribute, expectCount, expectText } from './support/expect-page.ts';
import { exportRequest, newTraceId } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { HOSTILE, smallTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  await server.send(smallTrace('good'), { project: 'shop' });
  await server.send(smallTrace('good'), { project: 'quiet' });
  // These trace ids have two bytes instead of sixteen.
  await post('shop', JSON.stringify(exportRequest('abcd', smallTrace('chat gpt-4o'), Date.now())));
  await post('shop', JSON.stringify(exportRequest('abcd', smallTrace(HOSTILE), Date.now())));
  await post('shop', '{"resourceSpans":');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function post(project: string, body: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'x-throughline-project': project,
    'user-agent': 'OTel-OTLP-Exporter-Python/1.38.0',
  };
  await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body });
}

it('the navigation counts rejected data, and links to the reasons with examples', async () => {
  const { page, faults, context } = await openPage(browser, `${server.url}/?project=shop`);
  const entry = page.getByRole('link', { name: 'Data problems' });
  await expectText(entry).toBe('Data problems 3 items rejected');
  await expectAttribute(entry.getByText('3'), 'title').toBe('3 items rejected');
  await entry.click();
  await page.waitForURL(`${server.url}/problems?project=shop`);
  await page.getByRole('heading', { level: 1, name: 'Data problems' }).waitFor();
  await expectAttribute(entry, 'aria-current').toBe('page');

  const rows = page.locator('[data-problem]');
  await rows.first().waitFor();
  await eventually('the problems', () =>
    rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-problem'))),
  ).toEqual(['traces:malformed-body', 'traces:invalid-trace-id']);
  const ids = page.locator('[data-problem="traces:invalid-trace-id"]');
  await expectText(ids).toMatch(
    /^The trace id is not valid invalid-trace-id traces 2 records \d\d:\d\d:\d\d \d\d:\d\d:\d\d$/,
  );
  await expectText(rows).toContain('1 request ');

  await ids.getByRole('button').click();
  const examples = ids.getByRole('listitem');
  await examples.first().waitFor();
  await expectCount(examples).toBe(2);
  await expectText(ids).toContain('Send 16 bytes that are not all zeros.');
  await expectText(examples.nth(1)).toMatch(
    /^the trace id is 2 bytes long, expected 16 bytes Name chat gpt-4o Sent by OTel-OTLP-Exporter-Python\/1\.38\.0 Received/,
  );
  // The name of a span is shown as text, even if it looks like markup.
  await expectText(examples.first()).toContain('<script>window.harmed=1</script>');
  expect(await page.evaluate(() => Reflect.get(window, 'harmed'))).toBeUndefined();

  // The open problem is part of the address.
  await page.waitForURL(/open=traces:invalid-trace-id/);
  await page.reload();
  await examples.first().waitFor();
  await ids.getByRole('button').click();
  await examples.first().waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await context.close();
});

it('data that is rejected later appears after a refresh', async () => {
  const { page, context } = await openPage(browser, `${server.url}/problems?project=later`);
  await page.getByRole('heading', { name: 'No data was rejected' }).waitFor();
  const request = exportRequest(newTraceId(), smallTrace('late'), 0);
  await post('later', JSON.stringify(request));
  await page.keyboard.press('r');
  await page.locator('[data-problem="traces:missing-start-time"]').waitFor();
  await context.close();
});

it('a project without rejected data says so', async () => {
  const { page, context } = await openPage(browser, `${server.url}/problems?project=quiet`);
  await page.getByRole('heading', { name: 'No data was rejected' }).waitFor();
  await expectText(page.getByRole('main')).toContain('The server has accepted all data for quiet');
  await expectText(page.getByRole('link', { name: 'Data problems' })).toBe('Data problems');
  await context.close();
});

it.each(['shop&open=traces:invalid-trace-id', 'quiet'])(
  'the page of %s is accessible in light and dark, and never wider than the window',
  async (project) => {
    const { page, context, faults } = await openPage(browser, `${server.url}/problems?project=${project}`);
    await page.locator('h2, [data-problem] li').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    for (const width of [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      await eventually(`pixels beyond ${width}`, () =>
        page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      ).toBe(0);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
);
