import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type * as Decorated from '../../test-support/decorated-agent.ts';
import * as sdk from '../index.ts';
import { InMemoryExporter, init, shutdown } from '../index.ts';

/** Compiles with `tsc`, because neither Node nor the test runner supports standard decorators yet. */
async function compileDecorated(): Promise<typeof Decorated> {
  const folder = mkdtempSync(join(tmpdir(), 'decorated-'));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const source = fileURLToPath(new URL('../../test-support/decorated-agent.ts', import.meta.url));
  const options = [
    '--noCheck',
    '--noResolve',
    '--ignoreConfig',
    '--target',
    'es2022',
    '--module',
    'esnext',
    '--rootDir',
    dirname(source),
  ];
  execFileSync(process.execPath, [tsc, source, ...options, '--outDir', folder]);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  try {
    return await import(pathToFileURL(join(folder, 'decorated-agent.js')).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

it('decorates instance and static methods', async () => {
  const Agent = (await compileDecorated()).decoratedAgent(sdk);
  expect(await new Agent().run('why')).toBe('Ann: why 4');
  expect(spans.spans.map(({ name, kind, input, output }) => ({ name, kind, input, output }))).toEqual([
    { name: 'double', kind: 'tool', input: 2, output: 4 },
    { name: 'run', kind: 'agent', input: 'why', output: 'Ann: why 4' },
  ]);
});
