import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { bin, main, projectEnv, projectNode, run } from './lib/run.mjs';

/** Everything: install, build, types, lint, tests with the real stores, clients and browser. `npm test -- path` runs a part. */
main(async () => {
  const only = process.argv.slice(2);
  await ensureInstalled('everything');
  const chromium = await ensureChromium();
  await build('everything');
  if (only.length === 0) await run(projectNode, ['scripts/check.mjs']);
  const folder = mkdtempSync(join(tmpdir(), 'throughline-test-'));
  const report = join(folder, 'report.json');
  try {
    await run(
      projectNode,
      [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only],
      { env: projectEnv({ CHROMIUM_PATH: chromium }) },
    );
  } finally {
    summarise(report);
    rmSync(folder, { recursive: true, force: true });
  }
});

function summarise(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed${skipped}`);
  } catch {
    console.error('\nThe test runner wrote no report.');
  }
}
