import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { launchBrowser, openPage } from './support/browser.ts';
import { expectAddress, expectInput, expectText, expectTexts } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  await server.send([
    { name: 'answer', id: '1'.repeat(16), durationMs: 100 },
    { name: 'lookup', parent: '1'.repeat(16), durationMs: 10 },
  ]);
  await server.send([{ name: 'other project', durationMs: 5 }], { project: 'vault' });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const SQL = 'SELECT name, count() AS n FROM spans GROUP BY name ORDER BY name';

describe('the SQL page', () => {
  it('runs a statement with the keyboard, keeps it in the address, and shows the rows of the project', async () => {
    const { page, faults, context } = await openPage(browser, `${server.url}/?project=demo`);
    await page.getByRole('link', { name: 'SQL' }).click();
    const editor = page.getByRole('textbox', { name: 'SQL statement' });
    await editor.fill(SQL);
    await editor.press('Control+Enter');
    const rows = page.getByRole('region', { name: 'Rows' }).getByRole('row');
    await expectTexts(rows).toEqual(['name n', 'answer 1', 'lookup 1']);
    await expectText(page.getByRole('status')).toBe('2 rows');
    await expectAddress(page).toBe(
      `/sql?project=demo&query=${encodeURIComponent(SQL).replaceAll('%20', '+').replaceAll('(', '%28').replaceAll(')', '%29')}`,
    );
    // The address alone shows the same result.
    await page.reload();
    await expectTexts(rows).toEqual(['name n', 'answer 1', 'lookup 1']);
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('completes tables and columns', async () => {
    const { page, context } = await openPage(browser, `${server.url}/sql?project=demo`);
    const editor = page.getByRole('textbox', { name: 'SQL statement' });
    await editor.pressSequentially('SELECT trace_id FROM sp');
    await expectTexts(page.getByRole('option')).toEqual(['spans', 'span_count', 'span_id']);
    await editor.press('Tab');
    await expectInput(editor).toBe('SELECT trace_id FROM spans ');
    await context.close();
  });

  it('shows where a syntax error is', async () => {
    const { page, context } = await openPage(
      browser,
      `${server.url}/sql?project=demo&query=${encodeURIComponent('SELECT name\nFRM spans WHERE')}`,
    );
    await expectText(page.getByRole('alert')).toContain('Syntax error: failed at position');
    await page.getByRole('button', { name: /^Go to line 2, column \d+$/ }).click();
    await context.close();
  });
});

describe('the list of traces', () => {
  it('exports the traces that it shows', async () => {
    const { page, faults, context } = await openPage(browser, `${server.url}/?project=demo`);
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^CSV/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('demo-traces.csv');
    const stream = await download.createReadStream();
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(
      text
        .trim()
        .split('\r\n')
        .map((line) => line.split(',')[3])
        .sort(),
    ).toEqual(['answer', 'lookup', 'name']);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a trace', () => {
  it('is copied as curl, JSON and Markdown', async () => {
    const traceId = await server.send([{ name: 'copied', durationMs: 50 }]);
    const { page, context } = await openPage(browser, `${server.url}/t/${traceId}?project=demo`);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const copy = async (form: string) => {
      await page.getByRole('button', { name: 'Copy the trace as' }).click();
      await page.getByRole('button', { name: form, exact: true }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      const text = await page.evaluate(() => navigator.clipboard.readText());
      await page.getByRole('button', { name: 'Copy the trace as' }).waitFor();
      return text;
    };
    expect(await copy('curl')).toBe(`curl '${server.url}/api/v1/traces/${traceId}?project=demo'`);
    expect(JSON.parse(await copy('JSON'))).toMatchObject({ traceId, name: 'copied' });
    expect(await copy('Markdown')).toMatch(/^### copied\n\n[\s\S]*```\ncopied +\d/);
    await context.close();
  });
});
