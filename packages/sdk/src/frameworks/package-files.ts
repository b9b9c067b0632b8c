import { swallow } from '../core/report.ts';
import type { Exports, LoadedModule } from '../register/integration.ts';

/** Where a package keeps its files, for each of the two module systems; `*` stands for the file. */
export interface FileLayout {
  readonly esm: string;
  readonly cjs: string;
}

/**
 * Reads further files of a package of which a module was just loaded: of the same copy, because ESM and CommonJS have
 * their own classes. They are loaded already, as what the module is made of.
 */
export function filesOf(
  exports: Exports,
  { baseDir }: LoadedModule,
  layout: FileLayout,
): (file: string) => unknown {
  const nodeModule = globalThis.process?.getBuiltinModule?.('node:module');
  if (baseDir === undefined || nodeModule === undefined) return () => undefined;
  const require = nodeModule.createRequire(`${baseDir}/package.json`);
  // Bundlers make CommonJS look like a namespace; the cache knows.
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
