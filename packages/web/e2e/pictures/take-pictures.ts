import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from '@throughline/tests/pause';
import { waitFor } from '@throughline/tests/wait-for';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser.ts';
import { startTestServer } from '../support/server.ts';
import { fillStore } from './fill-store.ts';
import { helpCentreHistory } from './history.ts';
import { type Shot, shotsOf } from './shots.ts';

/** The time on the pages. It is fixed, so that the pictures differ only if the pages do. */
const NOW = Date.UTC(2026, 10, 27, 15, 30);

const IMAGES = fileURLToPath(new URL('../../../../docs/images/', import.meta.url));
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
/** Chromium compresses WebP without loss at this quality. For most pages this is smaller, otherwise the other is used. */
const LOSSLESS = 100;
const LOSSY = 75;

type Scheme = 'light' | 'dark';

/** Takes the pictures of the documentation, or only those whose names are given. */
async function takePictures(names: readonly string[]): Promise<void> {
  const history = helpCentreHistory(NOW);
  const shots = shotsOf(history).filter(({ name }) => names.length === 0 || names.includes(name));
  const server = await startTestServer();
  const browser = await launchBrowser();
  try {
    await fillStore(server.url, history);
    if (names.length === 0) await rm(IMAGES, { recursive: true, force: true });
    await mkdir(IMAGES, { recursive: true });
    for (const shot of shots) {
      for (const scheme of ['light', 'dark'] as const) {
        await take(browser, server.url, shot, scheme, WIDE, `${shot.name}-${scheme}.webp`);
        if (shot.narrow)
          await take(browser, server.url, shot, scheme, NARROW, `${shot.name}-narrow-${scheme}.webp`);
      }
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function take(
  browser: Browser,
  serverUrl: string,
  { address, ready, preferences = {}, hasRealTime = false, act }: Shot,
  colorScheme: Scheme,
  viewport: typeof WIDE,
  file: string,
): Promise<void> {
  const { page, context, faults } = await openPage(browser, `${serverUrl}/theme-boot.js`, {
    colorScheme,
    viewport,
    reducedMotion: 'reduce',
  });
  if (!hasRealTime) await page.clock.setFixedTime(NOW);
  const isIdle = watchRequests(page);
  await page.evaluate((given) => {
    for (const [name, value] of Object.entries(given))
      localStorage.setItem(`throughline.${name}`, JSON.stringify(value));
  }, preferences);
  await page.goto(`${serverUrl}${address}`, { waitUntil: 'load' });
  await page.locator(ready).first().waitFor();
  await act?.(page);
  // The dot of a page that waits for data pulses.
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.cancel();
  });
  const picture = await stillPicture(page, isIdle);
  await writeFile(join(IMAGES, file), picture);
  console.log(`${file}  ${(picture.length / 1000).toFixed(0)} kB`);
  await context.close();
  if (faults.length > 0) throw new Error(`${file}: ${faults.join(', ')}`);
}

/** Returns whether all requests of the page have been answered, apart from its stream of new rows. */
function watchRequests(page: Page): () => boolean {
  const open = new Set<unknown>();
  page.on('request', (request) => {
    if (!request.url().includes('/live')) open.add(request);
  });
  for (const end of ['requestfinished', 'requestfailed'] as const)
    page.on(end as 'requestfinished', (request) => open.delete(request));
  return () => open.size === 0;
}

/** Takes pictures until two in a row are the same and no request is under way. */
async function stillPicture(page: Page, isIdle: () => boolean): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const capture = async (quality: number) =>
    (await session.send('Page.captureScreenshot', { format: 'webp', quality })).data;
  let last = '';
  await waitFor('the page to be still', async () => {
    await pause(300);
    const before = last;
    last = await capture(LOSSLESS);
    return isIdle() && last === before;
  });
  const pictures = [last, await capture(LOSSY)].map((data) => Buffer.from(data, 'base64'));
  return pictures.sort((a, b) => a.length - b.length)[0] as Buffer;
}

await takePictures(process.argv.slice(2));
