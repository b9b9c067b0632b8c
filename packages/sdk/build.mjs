import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/*
 * Builds the package: ESM in dist/*.js, CommonJS in dist/cjs/*.cjs, both with types, and dist/edge/index.js for runtimes
 * without Node modules. The compiler writes the types and the bundler writes the code. Does nothing if dist is newer
 * than the sources.
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
  // Copies to a temporary folder first, because a folder cannot be copied into itself.
  const copy = join(here, '.cjs-types');
  cpSync(dist, copy, { recursive: true });
  renameSync(copy, join(dist, 'cjs'));
  writeFileSync(join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');

  const bundle = await rolldown({
    cwd: here,
    input: entries,
    platform: 'neutral',
    // CommonJS has no `import.meta`. The only code that uses it falls back to `__filename`.
    checks: { emptyImportMeta: false },
    resolve: { conditionNames: ['throughline-source', 'import'] },
    // Dependencies are external, except the detectors: they are ESM only, and CommonJS needs them bundled.
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

/** Bundles OpenTelemetry's browser code into one file. Its API stays external, because it must exist only once. */
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

/** Removes the code that the compiler wrote next to the types. */
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
