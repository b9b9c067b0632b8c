import { createRequire } from 'node:module';

/** Packages of the major before the current one, under their own names: `packages/previous-majors`. */
const require = createRequire(new URL('../../../previous-majors/package.json', import.meta.url));

/** Loads a module of them as CommonJS does; modules that are ESM alone as well. */
export function requirePrevious<Exports>(specifier: string): Exports {
  return require(specifier) as Exports;
}

/** Version that is installed, read from the package itself. */
export function previousVersion(packageName: string): string {
  let folder = require.resolve(packageName);
  for (;;) {
    const end = folder.lastIndexOf('/');
    folder = folder.slice(0, end);
    if (folder.endsWith(`/node_modules/${packageName}`))
      return (require(`${folder}/package.json`) as { version: string }).version;
    if (end <= 0) throw new Error(`Expected a folder of ${packageName} above its main module`);
  }
}
