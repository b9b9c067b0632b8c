/** The exports of a module. The members depend on the version of the package. */
export type Exports = Readonly<Record<string, unknown>>;

export interface LoadedModule {
  /** Module specifier as listed in `modules`, otherwise the package name. */
  readonly name: string;
  /** Version of the package. Empty if it is unknown. */
  readonly version: string;
  /** Folder of the package, if it is known. */
  readonly baseDir?: string | undefined;
}

/**
 * Describes how one package is traced automatically. All integrations are listed in `integrations.ts`. `patch` is used by
 * `--import @throughline/sdk/register` and `client` by `instrument(client)`; both are optional.
 */
export interface Integration {
  /** Short, unique name, used in `THROUGHLINE_INSTRUMENTATIONS`. */
  readonly name: string;
  /** Name of the npm package. */
  readonly package: string;
  /** Versions that the tests cover, e.g. `>=6.0.0 <8.0.0`. Others are not patched, and a warning is printed once. */
  readonly supported: string;
  readonly kind: 'provider' | 'framework' | 'store' | 'protocol';
  /** Module specifiers to patch, if they differ from the main module of the package. Default: `[package]`. */
  readonly modules?: readonly string[];
  /**
   * Called once for each copy of a module that the application loads, as ESM or CommonJS. Patch prototypes with
   * `wrapMethod` if possible, because every reference to a class shares its prototype. Replace exports with `withExport`
   * otherwise.
   *
   * @returns The exports for CommonJS to use instead of `exports`. Undefined if they are the same object.
   */
  readonly patch?: (exports: Exports, module: LoadedModule) => Exports | undefined;
  readonly client?: ClientIntegration;
}

/** Instruments a single client object, for applications that want no patched modules. */
export interface ClientIntegration {
  /** Checks the shape of the object, so that classes of other copies of the package are recognised too. Must not throw. */
  readonly recognises: (value: object) => boolean;
  /** Returns the version of the client. If undefined, the client is instrumented without a version check. */
  readonly version?: (client: object) => string | undefined;
  /** Instruments the object in place. */
  readonly instrument: (client: object) => void;
}
