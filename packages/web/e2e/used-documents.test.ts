import { waitFor } from '@throughline/tests/wait-for';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { chain, flush, init, markUsed, reranker, retriever, shutdown } from '../../sdk/src/index.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectAttribute, expectCount, expectText, expectTexts } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;
let address: string;

const FOUND = ['returns', 'shipping', 'repairs', 'boots'].map((id) => ({ id, text: `About ${id}.` }));

/** A user's application: a search, a reranking, and an answer that uses two of the documents. */
beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  init({ endpoint: server.url, project: 'rag' });
  const search = retriever(async (_question: string) => FOUND, { name: 'search' });
  const rerank = reranker(
    async (_question: string, documents: typeof FOUND) => documents.slice(1).reverse(),
    {
      name: 'rerank',
    },
  );
  const answer = chain(
    async (question: string) => {
      const [boots, , shipping] = await rerank(question, await search(question));
      markUsed([boots, shipping]);
      return 'Boots are shipped free of charge.';
    },
    { name: 'answer' },
  );
  await answer('What does shipping of boots cost?');
  await flush();
  const traces = async () => {
    const response = await fetch(`${server.url}/api/v1/traces?project=rag`);
    return ((await response.json()) as { traces: { traceId: string; spanCount: number }[] }).traces;
  };
  const trace = await waitFor('the trace with three spans', async () => {
    const [newest] = await traces();
    return newest?.spanCount === 3 && newest;
  });
  address = `${server.url}/t/${trace.traceId}?project=rag`;
});

afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.context.close();
  opened = undefined;
  expect(faults).toEqual([]);
});

afterAll(async () => {
  await shutdown();
  await browser?.close();
  await server?.stop();
});

async function open(): Promise<Page> {
  opened = await openPage(browser, address);
  await opened.page.getByRole('tabpanel').waitFor();
  return opened.page;
}

const rowNamed = (page: Page, name: string) =>
  page.getByRole('treegrid').getByRole('row').filter({ hasText: name });

it('the row of a search shows how many of its documents the answer used', async () => {
  const page = await open();
  await expectText(rowNamed(page, 'search')).toContain('2 of 4 used');
  await expectText(rowNamed(page, 'rerank')).toContain('2 of 3 used');
  await expectAttribute(rowNamed(page, 'search').getByText('used'), 'title').toBe(
    '4 documents, 2 used in the answer',
  );
});

it('each document shows whether the answer used it', async () => {
  const page = await open();
  await rowNamed(page, 'search').click();
  await page.getByText('2 of 4 used in the answer').waitFor();
  await expectTexts(page.getByRole('tabpanel').getByRole('listitem')).toEqual([
    '1 returns About returns.',
    '2 shipping used in the answer About shipping.',
    '3 repairs About repairs.',
    '4 boots used in the answer About boots.',
  ]);
  const figures = page.getByRole('region', { name: 'Span' }).locator('header');
  await expectText(figures).toContain('4 documents, 2 used in the answer');
  await rowNamed(page, 'rerank').click();
  await page.getByText('2 of 3 used in the answer').waitFor();
  await expectCount(page.getByRole('tabpanel').getByText('used', { exact: true })).toBe(4);
});

it('the answer links to the documents that it used', async () => {
  const page = await open();
  await page.getByRole('tab', { name: 'Documents' }).click();
  await expectTexts(page.getByRole('tabpanel').getByRole('listitem')).toEqual([
    'boots number 1 of rerank',
    'shipping number 3 of rerank',
  ]);
  await page.getByRole('tabpanel').getByRole('button', { name: 'rerank' }).first().click();
  await page.getByRole('heading', { level: 2, name: 'rerank' }).waitFor();
});

it('the text tree counts the used documents', async () => {
  const response = await fetch(address.replace('/t/', '/api/v1/traces/'), {
    headers: { accept: 'text/plain' },
  });
  const text = await response.text();
  expect(text).toMatch(/search .* 4 documents, 2 used/);
  expect(text).toMatch(/rerank .* 3 of 4, 2 used/);
});
