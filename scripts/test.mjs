import { prepareTests } from './lib/prepare-tests.mjs';
import { main, projectNode, run } from './lib/run.mjs';
import { closingLine, runTests, slowestFiles } from './lib/run-tests.mjs';

const SLOWEST = 15;

/**
 * `npm test`: installs, builds, checks types and lint, and runs all tests with real stores, clients and a browser.
 * `npm test -- packages/spans` runs the tests of a part, without the check.
 */
main(async () => {
  const only = process.argv.slice(2);
  const env = await prepareTests();
  if (only.length === 0) {
    console.log('\n▸ Check types, format and lint');
    await run(projectNode, ['scripts/check.mjs']);
  }
  console.log(
    `\n▸ Test (${process.env.THROUGHLINE_SEED ? `seed ${process.env.THROUGHLINE_SEED}` : 'fixed seed'})`,
  );
  const report = await runTests(only, env);
  if (!report) throw new Error('The test runner ended before it wrote its report.');
  console.log(`\nSlowest files:\n${slowestFiles(report, SLOWEST)}`);
  console.log(`\n${closingLine(report)}`);
  if (report.failed > 0) process.exitCode = 1;
});
