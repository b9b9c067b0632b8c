import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { chain, flush, init, markUsed, reranker, retriever, shutdown } from '../../sdk/src/index.ts';
import { launchBrowser, openPage, textOf, type WatchedPage } from './support/browser.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;
let opened: WatchedPage | undefined;
let address: string;

const FOUND = ['returns', 'shipping', 'repairs', 'boots'].map((id) => ({ id, text: `About ${id}.` }));

/** The application of a reader: a search, a reranking, and an answer made from two of the documents. */
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
  await vi.waitUntil(async () => (await traces())[0]?.spanCount === 3, { timeout: 10_000 });
  address = `${server.url}/t/${(await traces())[0]?.traceId}?project=rag`;
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

it('rows of searches say how many of their documents an answer was made from', async () => {
  const page = await open();
  expect(await textOf(rowNamed(page, 'search'))).toContain('2 of 4 used');
  expect(await textOf(rowNamed(page, 'rerank'))).toContain('2 of 3 used');
  expect(await rowNamed(page, 'search').getByText('used').getAttribute('title')).toBe(
    '4 documents, 2 used in the answer',
  );
});

it('the documents themselves say it', async () => {
  const page = await open();
  await rowNamed(page, 'search').click();
  await page.getByText('2 of 4 used in the answer').waitFor();
  const documents = (await page.getByRole('tabpanel').getByRole('listitem').allInnerTexts()).map((text) =>
    text.replace(/\s+/g, ' '),
  );
  expect(documents).toEqual([
    '1 returns About returns.',
    '2 shipping used in the answer About shipping.',
    '3 repairs About repairs.',
    '4 boots used in the answer About boots.',
  ]);
  const figures = page.getByRole('region', { name: 'Span' }).locator('header');
  expect(await textOf(figures)).toContain('4 documents, 2 used in the answer');
  await rowNamed(page, 'rerank').click();
  await page.getByText('2 of 3 used in the answer').waitFor();
  expect(await page.getByRole('tabpanel').getByText('used', { exact: true }).count()).toBe(4);
});

it('the answer leads to the documents that it was made from', async () => {
  const page = await open();
  await page.getByRole('tab', { name: 'Documents' }).click();
  expect(
    (await page.getByRole('tabpanel').getByRole('listitem').allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' '),
    ),
  ).toEqual(['boots number 1 of rerank', 'shipping number 3 of rerank']);
  await page.getByRole('tabpanel').getByRole('button', { name: 'rerank' }).first().click();
  await page.getByRole('heading', { level: 2, name: 'rerank' }).waitFor();
});

it('the tree as text says it too', async () => {
  const response = await fetch(address.replace('/t/', '/api/v1/traces/'), {
    headers: { accept: 'text/plain' },
  });
  const text = await response.text();
  expect(text).toMatch(/search .* 4 documents, 2 used/);
  expect(text).toMatch(/rerank .* 3 of 4, 2 used/);
});
