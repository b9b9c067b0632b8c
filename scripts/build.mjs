import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/run.mjs';

main(async () => {
  await ensureInstalled('everything');
  await build('everything');
});
