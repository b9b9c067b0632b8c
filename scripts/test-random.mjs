import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { prepareTests } from './lib/prepare-tests.mjs';
import { main } from './lib/run.mjs';
import { closingLine, runTests } from './lib/run-tests.mjs';
import { findTestFiles } from './lib/test-files.mjs';

const DRAWS = /fast-check|support\/seed/;

/**
 * `npm run test:random -- --times 5 packages/privacy` runs the tests that use random data with new seeds. It prints each
 * seed that fails. To repeat it, run `THROUGHLINE_SEED=… npm test -- <file>`.
 */
main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { times: { type: 'string', default: '1' } },
  });
  const env = await prepareTests();
  const files = findTestFiles(DRAWS, positionals);
  if (files.length === 0) throw new Error('No test with random data matches these paths.');
  const lines = [];
  for (let run = 0; run < Number(values.times); run++) {
    const seed = String(randomInt(2 ** 31));
    console.log(`\n▸ Test with THROUGHLINE_SEED=${seed}`);
    const report = await runTests(files, { ...env, THROUGHLINE_SEED: seed });
    const failed = report?.files.filter((file) => file.failed > 0).map(({ path }) => `\n    ${path}`) ?? [];
    lines.push(`THROUGHLINE_SEED=${seed}: ${report ? closingLine(report) : 'no report'}${failed.join('')}`);
    if (!report || report.failed > 0) process.exitCode = 1;
  }
  console.log(`\n${lines.join('\n')}`);
});
