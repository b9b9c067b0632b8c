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

interface ParsedName {
  readonly base: string;
  /** Date or number of the version. Undefined for an alias. */
  readonly version: string | undefined;
}

function namesOf({ model, requestModel }: ModelNames): ParsedName[] {
  const names = new Set([model, requestModel].filter((name): name is string => !!name));
  return [...names].map(parseModelName);
}

function isSameName(a: ParsedName, b: ParsedName): boolean {
  return a.base === b.base && (a.version === undefined || b.version === undefined || a.version === b.version);
}

/** `eu.anthropic.` in the names of Amazon Bedrock. */
const BEDROCK_PREFIX =
  /^(?:(?:us|eu|apac|global|us-gov)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\./;
/** `-v1:0` and `:0` in the names of Amazon Bedrock. */
const BEDROCK_SUFFIX = /(?:-v\d+)?:\d+$/;
/** `-2024-08-06`, `-20250929`, `@20240620`, `-0613`, `-001`. */
const VERSION = /[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{3,4})$/;
const LATEST = /-latest$/;

function parseModelName(name: string): ParsedName {
  const lower = name.trim().toLowerCase();
  const plain = lower
    .slice(lower.lastIndexOf('/') + 1)
    .replace(BEDROCK_PREFIX, '')
    .replace(BEDROCK_SUFFIX, '')
    .replace(LATEST, '');
  const version = VERSION.exec(plain);
  return version
    ? { base: plain.slice(0, version.index), version: version[1]?.replaceAll('-', '') }
    : { base: plain, version: undefined };
}
