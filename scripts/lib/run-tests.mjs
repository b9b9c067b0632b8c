import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, projectEnv, projectNode, run } from './run.mjs';

/**
 * Runs Vitest in this terminal. Returns its report (see `test-report.mjs`), or undefined if Vitest exited before it wrote
 * one.
 *
 * @param {readonly string[]} args paths and options of `vitest run`
 * @param {Record<string, string>} env
 */
export async function runTests(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-test-'));
  const path = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/test-report.mjs'];
  try {
    const succeeded = await run(projectNode, [bin('vitest'), 'run', ...reporters, ...args], {
      env: projectEnv({ ...env, THROUGHLINE_TEST_REPORT: path }),
    }).then(
      () => true,
      () => false,
    );
    const report = readReport(path);
    // Vitest may also fail for a reason outside of the tests.
    return report && !succeeded ? { ...report, failed: Math.max(report.failed, 1) } : report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Returns the slowest files, slowest first, one per line. */
export function slowestFiles(report, count) {
  return report.files
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, count)
    .map(({ path, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${path}`)
    .join('\n');
}

export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
