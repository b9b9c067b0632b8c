import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openPage, textOf } from './support/browser.ts';
import { exportRequest, newTraceId } from './support/otlp.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { HOSTILE, smallTrace } from './support/traces.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  await server.send(smallTrace('good'), { project: 'shop' });
  await server.send(smallTrace('good'), { project: 'quiet' });
  // Ids of two bytes.
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

it('the navigation counts what was not kept, and leads to the reasons with their examples', async () => {
  const { page, faults, context } = await openPage(browser, `${server.url}/?project=shop`);
  const entry = page.getByRole('link', { name: 'Problems' });
  await page.getByText('not kept').first().waitFor({ state: 'attached' });
  expect(await textOf(entry)).toBe('Problems 3 not kept');
  await entry.click();
  await page.waitForURL(`${server.url}/problems?project=shop`);
  await page.getByRole('heading', { level: 1, name: 'Problems' }).waitFor();
  expect(await entry.getAttribute('aria-current')).toBe('page');

  const rows = page.locator('[data-problem]');
  await rows.first().waitFor();
  expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-problem')))).toEqual([
    'traces:malformed-body',
    'traces:invalid-trace-id',
  ]);
  const ids = page.locator('[data-problem="traces:invalid-trace-id"]');
  expect(await textOf(ids)).toMatch(
    /^The trace id is not valid invalid-trace-id traces 2 records \d\d:\d\d:\d\d \d\d:\d\d:\d\d$/,
  );
  expect(await textOf(rows)).toContain('1 request ');

  await ids.getByRole('button').click();
  const examples = ids.getByRole('listitem');
  await examples.first().waitFor();
  expect(await examples.count()).toBe(2);
  expect(await textOf(ids)).toContain('Send 16 bytes that are not all zeros.');
  expect(await textOf(examples.nth(1))).toMatch(
    /^the trace id is 2 bytes long, expected 16 bytes Name chat gpt-4o Sent by OTel-OTLP-Exporter-Python\/1\.38\.0 Last/,
  );
  // Names of spans are text, whatever they look like.
  expect(await textOf(examples.first())).toContain('<script>window.harmed=1</script>');
  expect(await page.evaluate(() => Reflect.get(window, 'harmed'))).toBeUndefined();

  // What is open is part of the address.
  await page.waitForURL(/open=traces:invalid-trace-id/);
  await page.reload();
  await examples.first().waitFor();
  await ids.getByRole('button').click();
  await examples.first().waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await context.close();
});

it('what comes later is there after a refresh', async () => {
  const { page, context } = await openPage(browser, `${server.url}/problems?project=later`);
  await page.getByRole('heading', { name: 'All is well' }).waitFor();
  const request = exportRequest(newTraceId(), smallTrace('late'), 0);
  await post('later', JSON.stringify(request));
  await page.keyboard.press('r');
  await page.locator('[data-problem="traces:missing-start-time"]').waitFor();
  await context.close();
});

it('a project whose spans were all kept is told so', async () => {
  const { page, context } = await openPage(browser, `${server.url}/problems?project=quiet`);
  await page.getByRole('heading', { name: 'All is well' }).waitFor();
  expect(await textOf(page.getByRole('main'))).toContain('Everything that was sent to quiet');
  expect(await textOf(page.getByRole('link', { name: 'Problems' }))).toBe('Problems');
  await context.close();
});

it.each(['light', 'dark'] as const)(
  'in the %s it has no violations of accessibility',
  async (colorScheme) => {
    const { page, context, faults } = await openPage(
      browser,
      `${server.url}/problems?project=shop&open=traces:invalid-trace-id`,
      { colorScheme },
    );
    for (const address of [page.url(), `${server.url}/problems?project=quiet`]) {
      await page.goto(address);
      await page.locator('h2, [data-problem] li').first().waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
);

it.each([320, 768, 1440])('at %d px nothing is wider than the page', async (width) => {
  const { page, context } = await openPage(
    browser,
    `${server.url}/problems?project=shop&open=traces:invalid-trace-id`,
    { viewport: { width, height: 800 } },
  );
  await page.locator('[data-problem] li').first().waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBe(0);
  await context.close();
});
