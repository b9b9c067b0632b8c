import { eventually } from '@throughline/tests/eventually';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { darkViolationsOf, violationsOf } from './support/accessibility.ts';
import { type AgentIds, agentTrace } from './support/agent-trace.ts';
import { launchBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { expectAttribute, expectCount, expectText, expectTexts } from './support/expect-page.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let browser: Browser;
let traceId: string;
let ids: AgentIds;
let opened: WatchedPage | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  const agent = agentTrace();
  ids = agent.ids;
  traceId = await server.send(agent.spans);
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

async function open(query = ''): Promise<Page> {
  opened = await openPage(browser, `${server.url}/t/${traceId}?project=demo${query}`);
  await opened.page.getByRole('treegrid').waitFor();
  return opened.page;
}

const selected = (page: Page) => page.locator('[role="row"][aria-selected="true"]');
const totals = (page: Page) => page.getByRole('region', { name: 'Totals' });
const conclusion = (page: Page) => page.getByRole('region', { name: 'Conclusion' });

describe('the explanation of an agent loop', () => {
  it('names what took the time, what cost the money and what failed', async () => {
    const page = await open();
    await expectText(conclusion(page)).toBe(
      'One of 4 calls of execute_tool search took 1.90 s of 6.60 s (29 %). ' +
        'chat gpt-4o ×5 cost $0.0425, all of the trace; the input grew from 1,000 to 5,000 tokens. ' +
        'execute_tool search failed (the index was busy), then another attempt succeeded.',
    );
  });

  it('leads from the conclusion to the spans, one after another', async () => {
    const page = await open();
    const link = conclusion(page).getByRole('button', { name: 'chat gpt-4o' });
    await link.click();
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.calls[4]}`);
    await link.click();
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.calls[3]}`);
    await conclusion(page).getByRole('button', { name: 'another attempt' }).click();
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.tools[3]}`);
  });

  it('shows totals by step, by kind and by tool with the keyboard, sorted by any column', async () => {
    const page = await open();
    await page.keyboard.press('b');
    const cells = () =>
      totals(page)
        .locator('tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) =>
            [...row.querySelectorAll('td')]
              .filter((cell) => (cell as HTMLElement).offsetParent !== null)
              .slice(0, 3)
              .map((cell) => (cell.textContent ?? '').replace(/\s+/g, ' ').trim()),
          ),
        );
    await eventually('the totals', cells).toEqual([
      ['execute_tool search47 %', '4', '3.10 s'],
      ['chat gpt-4o38 %', '5', '2.50 s'],
      ['researcher15 %', '1', '1.00 s'],
    ]);
    await totals(page).getByRole('button', { name: 'Cost' }).click();
    await page.waitForURL(/order=-costUsd/);
    await expectText(totals(page).locator('tbody tr').first()).toContain('$0.0425');
    await totals(page).getByRole('button', { name: 'By tool' }).click();
    await expectTexts(totals(page).locator('tbody tr td:first-child')).toEqual(['search 47 %']);
    await page.keyboard.press('b');
    await expectCount(totals(page)).toBe(0);
  });

  it('marks the spans of a row in the tree, and can show only these', async () => {
    const page = await open('&by=step');
    await totals(page)
      .getByRole('button', { name: /execute_tool search/ })
      .click();
    // The longest of them is shown first.
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.tools[1]}`);
    await page.getByRole('button', { name: 'Only matches' }).click();
    await expectCount(page.getByRole('treegrid').getByRole('row')).toBe(5);
    await totals(page).getByRole('button', { name: 'Unmark' }).click();
    await expectCount(page.getByRole('treegrid').getByRole('row')).toBe(10);
  });

  it('opens a late call at what is new, and leads to the tool that it asked for and back', async () => {
    const page = await open(`&span=${ids.calls[3]}`);
    const detail = page.getByRole('region', { name: 'Span' });
    await detail.getByRole('button', { name: '7 messages as before' }).waitFor();
    await expectText(detail).toContain('Since the previous call input tokens 3,000 → 4,000');
    // The new message is the result of the third search; the output asks for the fourth.
    const toTools = detail.getByRole('button', { name: 'Go to tool span' });
    // The spans are found one after another.
    await expectCount(toTools).toBe(2);
    await toTools.last().click();
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.tools[3]}`);
    await detail.getByRole('button', { name: /^Asked for by chat gpt-4o/ }).waitFor();
    await detail.getByRole('button', { name: /^Result read by chat gpt-4o/ }).click();
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.calls[4]}`);
    await expectText(detail).toContain('temperature 0 → 0.7');
    await detail.getByRole('button', { name: 'Since the previous call' }).click();
    await expectAttribute(selected(page), 'id').toBe(`span-${ids.calls[3]}`);
  });

  it('says where the input tokens of a call went, and which documents were in the prompt and in the answer', async () => {
    const returns =
      'Items can be returned within thirty days of delivery if they are unused and in their original box.';
    const shipping =
      'Orders above forty euros ship for free to every country of the union, others cost four euros.';
    const say = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
    const rag = await server.send([
      { name: 'answer', id: '00000000000000d1', durationMs: 900 },
      {
        name: 'search',
        id: '00000000000000d2',
        parent: '00000000000000d1',
        durationMs: 100,
        attributes: {
          'openinference.span.kind': 'RETRIEVER',
          'retrieval.documents.0.document.id': 'returns',
          'retrieval.documents.0.document.content': returns,
          'retrieval.documents.1.document.id': 'shipping',
          'retrieval.documents.1.document.content': shipping,
        },
      },
      {
        name: 'chat gpt-4o',
        id: '00000000000000d3',
        parent: '00000000000000d1',
        startMs: 200,
        durationMs: 600,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 20,
          'gen_ai.input.messages': JSON.stringify([
            say('system', 'Answer from the documents.'),
            say('user', `${returns}\n\nHow long can I return it?`),
          ]),
          'gen_ai.output.messages': JSON.stringify([
            say('assistant', 'Items can be returned within thirty days of delivery.'),
          ]),
        },
      },
    ]);
    opened = await openPage(browser, `${server.url}/t/${rag}?project=demo&span=00000000000000d3`);
    const { page } = opened;
    const detail = page.getByRole('region', { name: 'Span' });
    const bar = detail.getByRole('group').filter({ hasText: 'Retrieved context' });
    await expectText(bar).toMatch(/^Instructions \d+ % Retrieved context \d+ % User \d+ %/);
    await detail.locator('summary', { hasText: 'Retrieved context' }).click();
    await expectText(detail).toContain('2 documents found, 1 in this prompt, 1 repeated by the answer');
    const documents = detail.getByRole('row').filter({ hasText: /returns|shipping/ });
    await expectTexts(documents).toEqual([
      expect.stringMatching(/^1\. returns ~\d+ tokens in the answer$/),
      '2. shipping not in the prompt',
    ]);
    await detail.getByRole('button', { name: '2. shipping' }).click();
    await expectAttribute(selected(page), 'id').toBe('span-00000000000000d2');
  });

  it('makes bars as wide as their cost or tokens', async () => {
    const page = await open();
    const width = page.getByRole('combobox', { name: 'Width of the bars' });
    const axis = page.locator('[aria-hidden]', { hasText: /^Span/ }).first();
    await expectText(axis).toMatch(/\d s/);
    await width.selectOption('cost');
    await page.waitForURL(/width=cost/);
    await expectText(axis).toMatch(/\$0\.0\d/);
    await width.selectOption('tokens');
    await expectText(axis).toMatch(/\d,000/);
    await width.selectOption('time');
    await page.waitForURL((url) => !url.searchParams.has('width'));
  });

  it('says that the span of a link is not in the trace', async () => {
    const page = await open('&span=0123456789abcdef');
    await expectText(page.getByRole('status').filter({ hasText: '0123456789abcdef' })).toContain(
      'This trace has no span 0123456789abcdef. The first span is shown instead.',
    );
  });

  it('has no accessibility violations with the totals open', async () => {
    const page = await open('&by=step');
    await totals(page)
      .getByRole('button', { name: /chat gpt-4o/ })
      .waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});

const show = (page: Page, view: string) =>
  page.getByRole('group', { name: 'View of the trace' }).getByRole('button', { name: view }).click();

describe('other views of a trace', () => {
  it('show the conversation with each message once and tools folded, and select steps', async () => {
    const page = await open();
    await show(page, 'Conversation');
    await page.waitForURL(/as=conversation/);
    const entries = page.getByRole('region', { name: 'Conversation of the trace' }).locator('[data-entry]');
    await expectCount(entries).toBe(7);
    await expectTexts(entries).toEqual([
      'System chat gpt-4o 500 ms You are a careful researcher.',
      'User Which of our orders are late?',
      expect.stringMatching(/^Tool execute_tool search 400 ms search \{"page":1\} → /),
      expect.stringMatching(/the index was busy$/),
      expect.stringMatching(/search \{"page":3\} → /),
      expect.stringMatching(/search \{"page":4\} → /),
      'Assistant chat gpt-4o 500 ms Orders 12 and 40 are late.',
    ]);
    await entries.nth(3).getByRole('button', { name: 'execute_tool search' }).click();
    await page.waitForURL((url) => url.searchParams.get('span') === ids.tools[1]);
    await page.getByRole('region', { name: 'Span' }).getByText('the index was busy').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });

  it('show the iterations of an agent with their tools, time, tokens and cost', async () => {
    const page = await open();
    await show(page, 'Agent runs');
    const runs = page.getByRole('region', { name: 'Agent runs' });
    await expectText(runs.getByRole('caption')).toBe('researcher 5 iterations, 6.60 s, $0.0425');
    await expectTexts(runs.locator('tbody tr')).toEqual([
      '1 1.00 s search 1,000 → 100 $0.00350',
      '2 2.50 s search 2,000 → 100 $0.00600',
      '3 1.00 s search 3,000 → 100 $0.00850',
      '4 1.00 s search 4,000 → 100 $0.0110',
      '5 1.10 s 5,000 → 100 $0.0135',
    ]);
    await runs.getByRole('button', { name: 'Select iteration 3' }).click();
    await page.waitForURL((url) => url.searchParams.get('span') === ids.calls[2]);
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });

  it('show failed spans in red also if the reader prefers reduced motion', async () => {
    const page = await open();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${page.url()}&as=flame`);
    const flame = page.getByRole('application', { name: 'Flame graph' });
    await flame.waitFor();
    await eventually('whether the flame graph has red and other bars', () =>
      flame.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        let [red, blue] = [0, 0];
        for (let at = 0; at < data.length; at += 4) {
          const [r = 0, g = 0, b = 0, a = 0] = data.subarray(at, at + 4);
          if (a > 60 && r > g + 60 && r > b + 60) red += 1;
          if (a > 60 && b > r + 60 && b > g + 40) blue += 1;
        }
        return red > 100 && blue > 100;
      }),
    ).toBe(true);
  });

  it('show a flame graph that is zoomed, panned and walked through', async () => {
    const page = await open();
    await show(page, 'Flame graph');
    await page.waitForURL(/as=flame/);
    const flame = page.getByRole('application', { name: 'Flame graph' });
    const box = await flame.boundingBox();
    if (!box) throw new Error('the flame graph is not visible');
    // The slow search is from 1.5 s to 3.4 s of 6.6 s, in the second lane.
    await page.mouse.click(box.x + (box.width * 2) / 6.6, box.y + 30);
    await page.waitForURL((url) => url.searchParams.get('span') === ids.tools[1]);
    const described = page.locator('#flame-selected');
    await expectText(described).toBe('execute_tool search · 1.50 s → 3.40 s · 1.90 s');
    await page.keyboard.press('j');
    await expectText(described).toContain('chat gpt-4o · 3.50 s');
    await page.keyboard.press('f');
    await page.waitForURL(/zoom=/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    await page.mouse.move(box.x + box.width / 2, box.y + 30);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await page.waitForURL(/zoom=/);
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
  });
});
