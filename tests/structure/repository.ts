import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SourceFile, scanImports } from './scan-imports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All TypeScript files of a package, its test code included. */
export const filesOfPackage = (name: string): SourceFile[] => scanImports(ROOT, `packages/${name}/src`);

/** All TypeScript files of the examples. */
export function filesOfExamples(): SourceFile[] {
  return readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'examples', entry.name, 'src')))
    .flatMap(({ name }) => scanImports(ROOT, `examples/${name}/src`));
}

/** Entry points that applications can import: `@throughline/sdk`, `@throughline/sdk/register` and so on. */
export function publishedEntryPoints(): string[] {
  return [
    ...readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}`),
    ...exampleFolders(),
  ].flatMap((folder) => {
    const file = join(ROOT, folder, 'package.json');
    if (!existsSync(file)) return [];
    const { name, exports = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name: string;
      readonly exports?: string | Readonly<Record<string, unknown>>;
    };
    if (typeof exports === 'string') return [name];
    return Object.keys(exports).map((entry) => join(name, entry).replaceAll('\\', '/'));
  });
}

const exampleFolders = (): string[] => readdirSync(join(ROOT, 'examples')).map((name) => `examples/${name}`);
