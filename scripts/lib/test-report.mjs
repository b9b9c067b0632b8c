import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './run.mjs';

/**
 * A Vitest reporter that writes a report for the scripts to the file in `THROUGHLINE_TEST_REPORT`:
 * `{passed, failed, skipped, files: [{path, ms, failures: [title]}]}`. `ms` includes imports and hooks.
 */
export default class TestReport {
  onTestRunEnd(modules, unhandledErrors) {
    const files = modules.map((module) => ({ ...countsOf(module), path: relative(root, module.moduleId) }));
    const sum = (key) => files.reduce((total, file) => total + file[key], 0);
    const report = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), files };
    if (unhandledErrors.length > 0) report.failed += unhandledErrors.length;
    writeFileSync(process.env.THROUGHLINE_TEST_REPORT, JSON.stringify(report));
  }
}

function countsOf(module) {
  const tests = [...module.children.allTests()];
  const inState = (state) => tests.filter((test) => test.result().state === state);
  const failures = inState('failed').map((test) => test.fullName);
  // A file that cannot be imported, or whose hook fails, may have no failed test.
  if (failures.length === 0 && !module.ok()) failures.push('(the file itself)');
  const { prepareDuration, collectDuration, setupDuration, duration } = module.diagnostic();
  return {
    passed: inState('passed').length,
    failed: failures.length,
    skipped: inState('skipped').length,
    ms: prepareDuration + collectDuration + setupDuration + duration,
    failures,
  };
}
