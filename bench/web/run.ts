/**
 * Measures in the real browser how long the page of a trace takes to open, from the click in the list and as a fresh load, and
 * how long frames take while it is scrolled and zoomed.
 *
 *     npm run bench -- web [--runs 7] [--spans 100,10000,100000]
 */
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../../packages/web/e2e/support/browser.ts';
import { newSpanId, newTraceId, type TestSpan } from '../../packages/web/e2e/support/otlp.ts';
import { startTestServer, type TestServer } from '../../packages/web/e2e/support/server.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    spans: { type: 'string', default: '100,10000,100000' },
  },
});
const runs = Number(values.runs);
const sizes = values.spans.split(',').map(Number);

/** Runs in the page. */
const P95_OF_FRAMES = `new Promise((resolve) => {
  const times = [];
  let before = performance.now();
  const next = (now) => {
    times.push(now - before);
    before = now;
    if (times.length < 90) requestAnimationFrame(next);
    else resolve(times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]);
  };
  requestAnimationFrame(next);
})`;

const server = await startTestServer();
const browser = await launchBrowser();
const rows: Record<string, string | number>[] = [];
for (const size of sizes) {
  const project = `spans-${size}`;
  const traceId = await sendTrace(server, project, size);
  const click: number[] = [];
  const fresh: number[] = [];
  for (let run = 0; run < runs; run++) {
    click.push(await openFromList(browser, server.url, project));
    fresh.push(await openFresh(browser, server.url, project, traceId));
  }
  const frames = await frameTimes(browser, server.url, project, traceId);
  rows.push({
    spans: size,
    'click p50 ms': median(click),
    'click worst ms': Math.round(Math.max(...click)),
    'fresh p50 ms': median(fresh),
    'fresh worst ms': Math.round(Math.max(...fresh)),
    'scroll p95 ms': Math.round(frames.scroll * 10) / 10,
    'zoom p95 ms': Math.round(frames.zoom * 10) / 10,
  });
}
console.table(rows);
await browser.close();
await server.stop();

/** An agent with iterations of ten spans: a model call and nine tools. */
async function sendTrace(to: TestServer, project: string, size: number): Promise<string> {
  const traceId = newTraceId();
  const root = newSpanId();
  const iterations = Math.max(1, Math.floor((size - 1) / 10));
  const spans: TestSpan[] = [{ name: 'agent', id: root, durationMs: iterations * 100 }];
  for (let step = 0; step < iterations; step++) {
    const id = newSpanId();
    spans.push({
      name: 'chat gpt-4o',
      id,
      parent: root,
      startMs: step * 100,
      durationMs: 90,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000 + step,
        'gen_ai.usage.output_tokens': 40,
      },
    });
    for (let call = 0; call < 9; call++)
      spans.push({
        name: `execute_tool tool_${call}`,
        parent: id,
        startMs: step * 100 + call * 9,
        durationMs: 8,
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `tool_${call}` },
        ...(step % 97 === 3 && call === 4 && { error: 'TimeoutError' }),
      });
  }
  const startedAt = Date.now() - 60_000;
  for (let at = 0; at < spans.length; at += 5_000)
    await to.send(spans.slice(at, at + 5_000), { project, traceId, startedAt, wait: false });
  // The spans of one more request are readable after those before it.
  for (;;) {
    const response = await fetch(`${to.url}/api/v1/traces/${traceId}?project=${project}&conclusion=false`);
    if (response.ok && ((await response.json()) as { spans: unknown[] }).spans.length >= spans.length) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return traceId;
}

/** Resolves when the rows are shown and the browser has painted them. */
async function painted(page: Page): Promise<void> {
  await page.getByRole('treegrid').getByRole('row').first().waitFor();
  await page.evaluate(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
  );
}

async function openFromList(on: Browser, url: string, project: string): Promise<number> {
  const { page, context } = await openPage(on, `${url}/?project=${project}`);
  const link = page.locator('[data-row] a').first();
  await link.waitFor();
  await page.waitForLoadState('networkidle');
  const from = performance.now();
  await link.click();
  await painted(page);
  const took = performance.now() - from;
  await context.close();
  return took;
}

async function openFresh(on: Browser, url: string, project: string, traceId: string): Promise<number> {
  const context = await on.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const from = performance.now();
  await page.goto(`${url}/t/${traceId}?project=${project}`, { waitUntil: 'commit' });
  await painted(page);
  const took = performance.now() - from;
  await context.close();
  return took;
}

/** The 95th percentile of the time between two frames, while the tree is scrolled and while the time line is zoomed. */
async function frameTimes(on: Browser, url: string, project: string, traceId: string) {
  const { page, context } = await openPage(on, `${url}/t/${traceId}?project=${project}`);
  await painted(page);
  const record = () => page.evaluate<number>(P95_OF_FRAMES);
  const box = await page.getByRole('treegrid').boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.8, (box?.y ?? 0) + 100);
  const scrolled = record();
  for (let turn = 0; turn < 20; turn++) await page.mouse.wheel(0, 240);
  const scroll = await scrolled;
  const zoomed = record();
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 20; turn++) await page.mouse.wheel(0, turn < 10 ? -120 : 120);
  await page.keyboard.up('Control');
  const zoom = await zoomed;
  await context.close();
  return { scroll, zoom };
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
