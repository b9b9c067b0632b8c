import { createRequire } from 'node:module';

/** Packages of the major before the current one, under their own names: `packages/previous-majors`. */
const require = createRequire(new URL('../../previous-majors/package.json', import.meta.url));

/** Loads a module of them as CommonJS does; modules that are ESM alone as well. */
export function requirePrevious<Exports>(specifier: string): Exports {
  return require(specifier) as Exports;
}
