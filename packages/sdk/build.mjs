import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/*
 * dist/*.js and *.d.ts are ESM, dist/cjs/*.cjs and *.d.ts CommonJS, dist/edge/index.js is for runtimes without modules
 * of Node. The compiler writes the types, the bundler the code of all. What is newer than the sources is left alone.
 */
const here = import.meta.dirname;
const dist = join(here, 'dist');
const entries = { index: 'src/index.ts', testing: 'src/testing.ts', register: 'src/register.ts' };

if (isStale()) await build();

async function build() {
  rmSync(dist, { recursive: true, force: true });
  rmSync(join(here, 'tsconfig.tsbuildinfo'), { force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '--build', here], { stdio: 'inherit' });
  removeCode(dist);
  // Beside them first: a folder cannot be copied into itself.
  const copy = join(here, '.cjs-types');
  cpSync(dist, copy, { recursive: true });
  renameSync(copy, join(dist, 'cjs'));
  writeFileSync(join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');

  const bundle = await rolldown({
    cwd: here,
    input: entries,
    platform: 'neutral',
    // CommonJS has no `import.meta`: the one place that uses it asks `__filename` there.
    checks: { emptyImportMeta: false },
    resolve: { conditionNames: ['throughline-source', 'import'] },
    // Dependencies stay outside. The detectors are ESM only and small: bundled, so that CommonJS has them too.
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && id !== '@throughline/privacy',
  });
  await bundle.write({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.write({
    dir: join(dist, 'cjs'),
    format: 'cjs',
    sourcemap: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
  });
  await bundle.close();
  await bundleForEdge();
}

/** One file with OpenTelemetry's code for browsers in it; only its API stays outside, which there is one of. */
async function bundleForEdge() {
  const bundle = await rolldown({
    cwd: here,
    input: { index: entries.index },
    platform: 'browser',
    resolve: { conditionNames: ['throughline-source', 'import'] },
    external: ['@opentelemetry/api', '@throughline/spans'],
    plugins: [
      {
        name: 'edge-runtime',
        resolveId: (id) => (id.endsWith('/runtime.ts') ? join(here, 'src/core/runtime-edge.ts') : null),
      },
    ],
  });
  await bundle.write({ dir: join(dist, 'edge'), format: 'esm' });
  await bundle.close();
}

/** What the compiler wrote besides types. */
function removeCode(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (/\.js(\.map)?$/.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
  }
}

function isStale() {
  const output = join(dist, 'index.js');
  if (!existsSync(output)) return true;
  const built = statSync(output).mtimeMs;
  const sources = ['src', '../spans/src', '../privacy/src']
    .map((folder) => join(here, folder))
    .filter(existsSync);
  return sources.some((folder) =>
    readdirSync(folder, { recursive: true }).some((file) => statSync(join(folder, file)).mtimeMs > built),
  );
}
