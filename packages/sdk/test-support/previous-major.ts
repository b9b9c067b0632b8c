import { createRequire } from 'node:module';

/** `packages/previous-majors` contains the previous major versions of packages, under their real names. */
const require = createRequire(new URL('../../previous-majors/package.json', import.meta.url));

/** Loads a module of the previous major version with `require`, including modules that are ESM only. */
export function requirePrevious<Exports>(specifier: string): Exports {
  return require(specifier) as Exports;
}
