/**
 * Maps hosts to `gen_ai.provider.name`, because clients for OpenAI's protocol are used with many providers. The names are
 * OpenTelemetry's if it defines one, otherwise the vendor's own. The first match wins.
 */
const PROVIDERS: readonly (readonly [host: RegExp, provider: string])[] = [
  [/(^|\.)openai\.azure\.(com|us|cn)$/, 'azure.ai.openai'],
  [/(^|\.)(cognitiveservices|services\.ai)\.azure\.com$/, 'azure.ai.openai'],
  [/(^|\.)(models\.ai\.azure\.com|inference\.ai\.azure\.com)$/, 'azure.ai.inference'],
  [/(^|\.)openai\.com$/, 'openai'],
  [/(^|\.)anthropic\.com$/, 'anthropic'],
  [/^generativelanguage\.googleapis\.com$/, 'gcp.gemini'],
  [/(^|[.-])aiplatform\.googleapis\.com$/, 'gcp.vertex_ai'],
  [/^bedrock(-runtime|-mantle)?[.-].*\.(amazonaws\.com(\.cn)?|aws|api\.aws)$/, 'aws.bedrock'],
  [/(^|\.)groq\.com$/, 'groq'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)x\.ai$/, 'x_ai'],
  [/(^|\.)mistral\.ai$/, 'mistral_ai'],
  [/(^|\.)perplexity\.ai$/, 'perplexity'],
  [/(^|\.)cohere\.(com|ai)$/, 'cohere'],
  [/(^|\.)moonshot\.(ai|cn)$/, 'moonshot_ai'],
  [/(^|\.)(ml|watsonx)\.cloud\.ibm\.com$/, 'ibm.watsonx.ai'],
  [/(^|\.)together\.(xyz|ai)$/, 'together'],
  [/(^|\.)fireworks\.ai$/, 'fireworks'],
  [/(^|\.)openrouter\.ai$/, 'openrouter'],
  [/(^|\.)cerebras\.ai$/, 'cerebras'],
  [/(^|\.)sambanova\.ai$/, 'sambanova'],
  [/(^|\.)nvidia\.com$/, 'nvidia'],
  [/(^|\.)huggingface\.co$/, 'huggingface'],
  [/(^|\.)aliyuncs\.com$/, 'alibaba'],
  [/(^|\.)inference\.ai\.github\.com$|^models\.github\.ai$/, 'github'],
];

/** Returns the provider for the host of a base URL, or `otherwise` for unknown hosts such as gateways and localhost. */
export function providerOfUrl(url: unknown, otherwise: string): string {
  const host =
    typeof url === 'string' ? /^https?:\/\/(?:[^@/]*@)?([^:/?#]+)/i.exec(url)?.[1]?.toLowerCase() : undefined;
  if (host === undefined) return otherwise;
  const known = providersByHost.get(host);
  if (known !== undefined) return known === '' ? otherwise : known;
  const provider = PROVIDERS.find(([pattern]) => pattern.test(host))?.[1] ?? '';
  if (providersByHost.size < MAX_CACHED_HOSTS && host.length <= MAX_HOST_LENGTH)
    providersByHost.set(host, provider);
  return provider === '' ? otherwise : provider;
}

/** Cache by host, because an application calls few hosts many times. */
const providersByHost = new Map<string, string>();
const MAX_CACHED_HOSTS = 100;
/** Maximum length of a DNS name. */
const MAX_HOST_LENGTH = 253;
