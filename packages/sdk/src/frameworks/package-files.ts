import { swallow } from '../core/report.ts';
import type { Exports, LoadedModule } from '../patch/integration.ts';

/** File paths of a package for each module system. `*` is replaced by the file name. */
export interface FileLayout {
  readonly esm: string;
  readonly cjs: string;
}

/**
 * Returns a function that loads further files of a package after one of its modules was loaded. They must come from the
 * same copy, because ESM and CommonJS have separate classes. The module has already loaded them itself.
 */
export function filesOf(
  exports: Exports,
  { baseDir }: LoadedModule,
  layout: FileLayout,
): (file: string) => unknown {
  const nodeModule = globalThis.process?.getBuiltinModule?.('node:module');
  if (baseDir === undefined || nodeModule === undefined) return () => undefined;
  const require = nodeModule.createRequire(`${baseDir}/package.json`);
  // Bundled CommonJS modules look like ESM namespaces, so the module cache is checked instead.
  const isCommonJs = Object.values(require.cache).some((loaded) => loaded?.exports === exports);
  const path = isCommonJs ? layout.cjs : layout.esm;
  return (file) => {
    try {
      return require(path.replace('*', file));
    } catch (error) {
      swallow(`loading ${file} of ${baseDir}`, error);
      return undefined;
    }
  };
}
