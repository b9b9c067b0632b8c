import { comparableName } from '../pricing/model-names.ts';

/** Names of the model of one call: the model that answered and the model that was requested. */
export interface ModelNames {
  readonly model?: string | undefined;
  readonly requestModel?: string | undefined;
}

/**
 * Whether two calls name the same model, although one may use an alias (`gpt-4o`), the other a dated version
 * (`gpt-4o-2024-08-06`) or a name with the prefix of a provider (`openai/gpt-4o`). Undefined if one of them has no name.
 */
export function isSameModel(a: ModelNames, b: ModelNames): boolean | undefined {
  const [left, right] = [namesOf(a), namesOf(b)];
  if (left.length === 0 || right.length === 0) return undefined;
  return left.some((one) => right.some((other) => isSameName(one, other)));
}

interface VersionedName {
  readonly base: string;
  /** Date or number of the version. Undefined for an alias. */
  readonly version: string | undefined;
}

function namesOf({ model, requestModel }: ModelNames): VersionedName[] {
  const names = new Set([model, requestModel].filter((name): name is string => !!name));
  return [...names].map(versionedName);
}

function isSameName(a: VersionedName, b: VersionedName): boolean {
  return a.base === b.base && (a.version === undefined || b.version === undefined || a.version === b.version);
}

/** `-2024-08-06`, `-20250929`, `@20240620`, `-0613`, `-001`. */
const VERSION = /[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{3,4})$/;

function versionedName(name: string): VersionedName {
  const plain = comparableName(name);
  const version = VERSION.exec(plain);
  return version
    ? { base: plain.slice(0, version.index), version: version[1]?.replaceAll('-', '') }
    : { base: plain, version: undefined };
}
