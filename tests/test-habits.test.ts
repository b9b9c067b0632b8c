/** Habits that make tests fail on a busy machine, and their alternatives. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LEFT_OUT = new Set(['node_modules', 'dist', 'fixtures']);
/** The helpers that the rules recommend, a program that reports times, and this file. */
const HELPERS = /^tests\/(support\/(wait-for|eventually|pause|cpu-time|otel-senders)|test-habits\.test)\.ts$/;
/** Tests and code that only tests use. */
const TEST_CODE = /\.(test|contract)\.ts$|^tests\/|\/(e2e|testing|test-support)\//;

interface Rule {
  readonly habit: RegExp;
  readonly instead: string;
  /** The rule applies only to files that contain this. */
  readonly within?: RegExp;
}

const RULES: readonly Rule[] = [
  {
    habit: /\bvi\s*\.(waitFor|waitUntil)\b|\bexpect\s*\.poll\b/,
    instead: 'waits one second at most: use waitFor, waitToPass or eventually of tests/support',
  },
  {
    habit: /\bwaitForTimeout\b|new Promise[^;\n]*\bsetTimeout\b|from 'node:timers\/promises'/,
    instead: 'sleeps: wait for the result with waitFor, or, if none is awaited, use pause of tests/support',
  },
  {
    habit:
      /\bperformance\.now\(\) -|- performance\.now\(|expect\([^;\n]*Date\.now\([^;\n)]*\)[^;\n]*-[^;\n]*toBeLess/,
    instead: 'depends on the clock: count steps, use cpuMsOf of tests/support, or measure it in bench/',
  },
  {
    habit: /\.listen\(\s*[1-9]\d+/,
    instead: 'takes a fixed port: use port 0 and ask for the port that was given',
  },
  {
    within: /from 'playwright-core'/,
    habit:
      /expect\(\s*\(?\s*await [^;]{0,200}?\.(count|innerText|allInnerTexts|textContent|getAttribute|inputValue|title|is[A-Z]\w+)\(/,
    instead: 'reads the page once: use the assertions of packages/web/e2e/support/expect-page.ts',
  },
];

it('tests neither sleep, nor measure time, nor read a page only once', () => {
  const found = ['packages', 'examples', 'tests'].flatMap(filesBelow).flatMap((path) => {
    if (!TEST_CODE.test(path) || HELPERS.test(path)) return [];
    const text = readFileSync(join(ROOT, path), 'utf8');
    return RULES.filter(({ within }) => !within || within.test(text)).flatMap(({ habit, instead }) =>
      [...text.matchAll(new RegExp(habit, 'g'))].map(
        ({ index }) => `${path}:${text.slice(0, index).split('\n').length} ${instead}`,
      ),
    );
  });
  expect(found).toEqual([]);
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(path);
      return entry.name.endsWith('.ts') ? [path] : [];
    });
}
