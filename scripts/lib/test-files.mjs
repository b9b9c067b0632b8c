import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const FOLDERS = ['packages', 'examples', 'tests', 'bench', 'scripts'];
const LEFT_OUT = new Set(['node_modules', 'dist', 'fixtures']);

/** Returns the test files whose source matches `pattern` and whose path contains one of `parts`, if any are given. */
export function findTestFiles(pattern, parts = []) {
  return FOLDERS.flatMap(testFilesBelow)
    .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)))
    .filter((path) => pattern.test(readFileSync(join(root, path), 'utf8')));
}

function testFilesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.has(entry.name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return testFilesBelow(path);
      return entry.name.endsWith('.test.ts') ? [path] : [];
    });
}
