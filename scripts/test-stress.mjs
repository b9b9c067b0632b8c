import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { prepareTests } from './lib/prepare-tests.mjs';
import { main, projectNode } from './lib/run.mjs';
import { runTests } from './lib/run-tests.mjs';
import { findTestFiles } from './lib/test-files.mjs';

/** Matches tests that take longer on a busy machine: they wait, open a page, or start a program or server. */
const SENSITIVE =
  /waitFor|eventually|playwright|launchBrowser|spawn|execFile|startServer|start\w*Server|startProcess/;

const HELP = `npm run test:stress -- [--times 15] [--busy 2] [--workers 2] [path …]

Runs all test files that wait, open a page or start a program several times while busy loops run.
  --times    number of rounds; default 15
  --busy     number of busy loops; default 2
  --workers  test files run in parallel; default 2
  path       only test files whose path contains one of these`;

main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      times: { type: 'string', default: '15' },
      busy: { type: 'string', default: '2' },
      workers: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const env = await prepareTests();
  const files = findTestFiles(SENSITIVE, positionals);
  if (files.length === 0)
    throw new Error('No test file that waits, opens a page or starts a program matches these paths.');
  const rounds = [];
  const loops = startBusyLoops(Number(values.busy));
  try {
    for (let round = 1; round <= Number(values.times); round++) {
      console.log(
        `\n▸ Round ${round} of ${values.times}: ${files.length} files with ${values.busy} busy loops`,
      );
      rounds.push(await runTests([`--maxWorkers=${values.workers}`, ...files], env));
    }
  } finally {
    for (const loop of loops) loop.kill();
  }
  console.log(`\n${summaryOf(rounds, files)}`);
  if (rounds.some((report) => !report || report.failed > 0)) process.exitCode = 1;
});

function startBusyLoops(count) {
  return Array.from({ length: count }, () => {
    // The loop exits with this process, because its standard input closes then.
    const program =
      'process.stdin.resume().on("end", () => process.exit()); (function loop() { const until = Date.now() + 50; while (Date.now() < until); setImmediate(loop); })()';
    return spawn(projectNode, ['-e', program], { stdio: ['pipe', 'ignore', 'inherit'] });
  });
}

/** Returns one line for each file followed by its failures, and the totals. */
function summaryOf(rounds, files) {
  const lines = files.map((path) => {
    const runs = rounds.flatMap((report) => report?.files.filter((file) => file.path === path) ?? []);
    const seconds = runs.map(({ ms }) => ms / 1000).sort((a, b) => a - b);
    const failures = runs.flatMap((run) => run.failures);
    const time = `${(seconds[Math.floor(seconds.length / 2)] ?? 0).toFixed(1)} s (${(seconds.at(-1) ?? 0).toFixed(1)} s at most)`;
    const passed = runs.filter((run) => run.failed === 0).length;
    return [`${passed}/${rounds.length} passed  ${time}  ${path}`, ...countEach(failures)].join('\n');
  });
  const sum = (key) => rounds.reduce((total, report) => total + (report?.[key] ?? 0), 0);
  const lost = rounds.filter((report) => !report).length;
  return [
    ...lines,
    '',
    ...(lost > 0 ? [`${lost} rounds ended without a report`] : []),
    `${rounds.length} rounds: ${sum('passed')} passed, ${sum('failed')} failed`,
  ].join('\n');
}

function countEach(titles) {
  return [...new Set(titles)].map(
    (title) => `    failed ${titles.filter((one) => one === title).length} ×: ${title}`,
  );
}
