import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One source file with its imports. */
export interface SourceFile {
  /** Path from the root of the repository, with `/` as separator. */
  readonly path: string;
  readonly lines: number;
  /** Files of the repository that it imports by a relative path. Imports of types count as well. */
  readonly files: readonly string[];
  /** Files in `new URL('./x.ts', import.meta.url)`: workers, and programs that the file runs. */
  readonly programs: readonly string[];
  /** All other imports: `@throughline/spans`, `node:fs`, `react`. */
  readonly packages: readonly string[];
}

const IMPORTS = [
  // import … from 'x', export … from 'x'
  /^(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'/gm,
  // import 'x'
  /^import\s+'([^']+)'/gm,
  // import('x'), including types
  /\bimport\(\s*'([^']+)'\s*\)/g,
];
const PROGRAMS = [/\bnew URL\(\s*'(\.[^']+\.tsx?)',\s*import\.meta\.url\s*,?\s*\)/g];

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** Reads all TypeScript files below a folder of the repository. */
export function scanImports(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/](?:node_modules|dist)[\\/]/.test(file))
    .sort()
    .map((file) => readSource(portable(relative(root, file)), readFileSync(file, 'utf8')));
}

export function readSource(path: string, text: string): SourceFile {
  const code = text.replace(COMMENTS, '');
  const specifiers = matchesOf(code, IMPORTS);
  const resolve = (specifier: string) => portable(join(dirname(path), specifier));
  return {
    path,
    lines: text.split('\n').length - 1,
    files: specifiers.filter(isRelative).map(resolve),
    programs: matchesOf(code, PROGRAMS).map(resolve),
    packages: specifiers.filter((specifier) => !isRelative(specifier)),
  };
}

function matchesOf(code: string, forms: readonly RegExp[]): string[] {
  return [...new Set(forms.flatMap((form) => [...code.matchAll(form)].map((match) => match[1] as string)))];
}

const isRelative = (specifier: string): boolean => specifier.startsWith('.');
const portable = (path: string): string => path.replaceAll('\\', '/');
