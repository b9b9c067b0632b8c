import { build } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';

/** Installs and builds what the tests need. Returns the environment to run them in. */
export async function prepareTests() {
  console.log('\n▸ Install');
  await ensureInstalled('everything');
  const chromium = await ensureChromium();
  console.log('\n▸ Build');
  await build('everything');
  return { CHROMIUM_PATH: chromium };
}
