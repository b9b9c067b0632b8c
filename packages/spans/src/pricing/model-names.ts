/*
 * Model names. Clouds, gateways and routers wrap the name that the maker of a model gave it:
 *
 *   eu.anthropic.claude-3-7-sonnet-20250219-v1:0                         Amazon Bedrock, with or without a region
 *   arn:aws:bedrock:…:inference-profile/us.anthropic.claude-…            Amazon Bedrock, as an ARN
 *   models/gemini-2.5-flash, publishers/google/models/gemini-2.5-flash   Google
 *   claude-sonnet-4-5@20250929                                           Vertex AI
 *   openrouter/anthropic/claude-sonnet-4.5, azure/gpt-4o, openai:gpt-4o  gateways and clients
 *   deepseek/deepseek-r1:free                                            a variant of OpenRouter
 */

/** The parts of a model name. */
export interface ModelName {
  /** The name without resource paths, gateways, regions and versions of Bedrock. Still has dates and `ft:`. */
  readonly id: string;
  /** The name without resource paths and gateways only, as the cloud lists it. */
  readonly listed: string;
  /** The company in the name that sells the model (`anthropic/…`, `publishers/google/…`) or that made it (Bedrock). */
  readonly vendor?: string;
  /** Whether the name has the form of Amazon Bedrock: `<region>.<maker>.<model>`. */
  readonly isBedrock: boolean;
  /** Variant of a router, such as `free`. */
  readonly variant?: string;
  /**
   * True if the name is an id that does not contain the model: an application profile, an endpoint or a tuned model.
   */
  readonly isOpaque: boolean;
}

const AWS_ARN = /^arn:aws[\w-]*:([\w-]+):[^:]*:[^:]*:(.+)$/;
/** Resources of Bedrock whose last segment is the name of the model. */
const NAMED_RESOURCES = new Set(['foundation-model', 'inference-profile']);
const OPAQUE = /(?:^|\/)(?:endpoints|tunedModels|reasoningEngines|provisioned-model|custom-model)\//;
const BEDROCK =
  /^(?:[a-z]{2,6}(?:-gov)?\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|google|nvidia|moonshot|moonshotai|minimax|zai|writer|stability|luma|twelvelabs)\.([\w.:-]+)$/;
/** Model versions of Bedrock: `-v1:0`, `-v2:0:48k`. Anthropic's newer names have only `-v1`. */
const BEDROCK_VERSION = /-v\d+(?::\d+(?::\w+)?)$/;
const VARIANT = /^(.+[^:]):(free|beta|nitro|floor|online|extended|thinking|exacto)$/;
/** A date, alias or version at the end, as makers and Vertex AI write it. */
const DATED = /(?:[-@](?:20\d{2}-?[01]\d-?[0-3]\d|latest|default)|@\d{3}|(?<=^gemini-.*)-00\d)$/;

/** Companies and programs that name themselves before the model: `<gateway>/<model>` or `<gateway>:<model>`. */
const GATEWAYS: ReadonlySet<string> = new Set(
  (
    'openai anthropic google google-gla google-vertex google_vertexai google_genai google_anthropic_vertex gemini googleai ' +
    'vertexai vertex_ai vertex_ai_beta vertex bedrock bedrock_converse converse invoke aws amazon amazon-bedrock aws_bedrock ' +
    'azure azure_ai azure_openai azure-openai openrouter openrouter.ai gateway vercel litellm litellm_proxy portkey helicone ' +
    'ai-gateway mistral mistralai cohere deepseek groq xai x-ai x_ai perplexity together together_ai togetherai fireworks ' +
    'fireworks_ai fireworks-ai moonshotai moonshot minimax zai z-ai cerebras sambanova databricks responses chat text-completion-openai'
  ).split(' '),
);

/** Splits the name of a model into its parts. Never throws; an unknown form is kept unchanged. */
export function parseModelName(name: string): ModelName {
  let rest = name.trim();
  let vendor: string | undefined;
  const arn = AWS_ARN.exec(rest);
  if (arn !== null) {
    const resource = arn[2] ?? '';
    const slash = resource.indexOf('/');
    if (arn[1] !== 'bedrock' || !NAMED_RESOURCES.has(resource.slice(0, slash))) return opaque(name);
    rest = resource.slice(slash + 1);
  }
  if (OPAQUE.test(rest)) return opaque(name);
  const models = /^(?:projects\/.*)?(?:publishers\/([\w-]+)\/)?models\/(.+)$/.exec(rest);
  if (models !== null) {
    vendor = models[1];
    rest = models[2] ?? rest;
    // A model of a project has a number instead of a name.
    if (/^\d+$/.test(rest)) return opaque(name);
  }
  const account = /^accounts\/([\w-]+)\/(?:models|deployedModels)\/(.+)$/.exec(rest);
  if (account !== null) {
    vendor = account[1];
    rest = account[2] ?? rest;
  }
  if (rest.startsWith('deployments/')) rest = rest.slice('deployments/'.length);
  for (;;) {
    const end = rest.search(/[/:]/);
    if (end <= 0 || end === rest.length - 1) break;
    const head = rest.slice(0, end).toLowerCase();
    if (!GATEWAYS.has(head)) break;
    vendor = head;
    rest = rest.slice(end + 1);
  }
  const variant = VARIANT.exec(rest);
  if (variant !== null) rest = variant[1] ?? rest;
  const bedrock = BEDROCK.exec(rest);
  const maker = bedrock?.[1];
  let id = bedrock?.[2] ?? rest;
  if (bedrock !== null) {
    id = id.replace(BEDROCK_VERSION, '');
    if (maker === 'anthropic') id = id.replace(/-v\d$/, '');
    if (maker === 'amazon') id = `amazon.${id}`;
  }
  vendor = maker ?? vendor;
  return {
    id,
    listed: rest,
    ...(vendor === undefined ? {} : { vendor }),
    isBedrock: bedrock !== null,
    ...(variant?.[2] === undefined ? {} : { variant: variant[2] }),
    isOpaque: false,
  };
}

function opaque(name: string): ModelName {
  return { id: name, listed: name, isBedrock: false, isOpaque: true };
}

/** Returns the name without its date or alias: `gpt-4o-2024-08-06` → `gpt-4o`. Fine-tuned models keep their names. */
export function withoutDate(id: string): string {
  return id.startsWith('ft:') ? id : id.replace(DATED, '');
}

/**
 * Returns the name in one spelling: in lower case, without resource paths, gateways, regions, `-latest` and versions of
 * Bedrock, and with `3-5` for `3.5`. Keeps dates, which tell snapshots of a model apart.
 */
export function comparableName(name: string): string {
  const { id, isOpaque } = parseModelName(name);
  if (isOpaque) return id;
  const lower = id.toLowerCase();
  const last = lower.startsWith('ft:') ? lower : lower.slice(lower.lastIndexOf('/') + 1);
  return last.replace(/[-@](?:latest|default)$/, '').replaceAll(/(?<=\d)\.(?=\d)/g, '-');
}

/**
 * Returns a key under which all names of one model are equal: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`,
 * `anthropic/claude-sonnet-4.5` and `claude-sonnet-4-5` have the same.
 */
export function modelKey(name: string): string {
  return withoutDate(comparableName(name));
}
