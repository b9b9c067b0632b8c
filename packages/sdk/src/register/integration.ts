/** What a module exports; its members are whatever the package's version has. */
export type Exports = Readonly<Record<string, unknown>>;

export interface LoadedModule {
  /** As it is listed in `modules`, else the package. */
  readonly name: string;
  /** Of the package that it belongs to. */
  readonly version: string;
  /** Folder of the package, where it is known. */
  readonly baseDir?: string | undefined;
}

/**
 * One package that is traced by itself: a row of the table in `integrations.ts`. Everything is optional but the facts:
 * `patch` serves `--import @throughline/sdk/register`, `client` serves `instrument(client)`.
 */
export interface Integration {
  /** Short and unique: what `THROUGHLINE_INSTRUMENTATIONS` calls it. */
  readonly name: string;
  /** On npm. */
  readonly package: string;
  /** Versions that the tests cover, e.g. `>=6.0.0 <8.0.0`. Others are reported once and left as they are. */
  readonly supported: string;
  readonly kind: 'provider' | 'framework' | 'store' | 'protocol';
  /** Module specifiers to wait for, where the package's main module is not what has to be patched. @default [package] */
  readonly modules?: readonly string[];
  /**
   * Called once for each copy of a module that the application loads, ESM or CommonJS. Prefers to patch prototypes
   * (`wrapMethod`): those are shared by every way to reach a class. Exports that have to be replaced: `withExport`.
   *
   * @returns What CommonJS is to get instead of `exports`; nothing where that is the same object.
   */
  readonly patch?: (exports: Exports, module: LoadedModule) => Exports | undefined;
  readonly client?: ClientIntegration;
}

/** For applications that want no patching: one object is instrumented, and nothing else changes. */
export interface ClientIntegration {
  /** By its shape, so that a class of another copy of the package is recognised too. Must not throw. */
  readonly recognises: (value: object) => boolean;
  /** Where the client knows; undefined lets its shape decide. */
  readonly version?: (client: object) => string | undefined;
  /** In place: the object stays the same object. */
  readonly instrument: (client: object) => void;
}
