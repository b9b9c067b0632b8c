import { build } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, projectEnv, projectNode, run } from './lib/run.mjs';

/**
 * Takes the pictures of the documentation again: `npm run pictures`, or `npm run pictures -- trace cost` for those whose
 * names are given. Starts a server in a temporary folder and fills it with two weeks of an invented shop.
 */
main(async () => {
  await ensureInstalled('everything');
  const chromium = await ensureChromium();
  await build('everything');
  const program = 'packages/web/e2e/pictures/take-pictures.ts';
  await run(projectNode, ['--conditions=throughline-source', program, ...process.argv.slice(2)], {
    env: projectEnv({ CHROMIUM_PATH: chromium }),
  });
});
