/**
 * Maps spellings of providers to the values of `gen_ai.provider.name`, so that each provider appears once in charts.
 * Sources: OpenTelemetry GenAI registry (and its deprecated `gen_ai.system` values), OpenInference `llm.provider`
 * and `llm.system`, LangChain's `ls_provider`.
 */
const CANONICAL: Readonly<Record<string, string>> = {
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  azure_openai: 'azure.ai.openai',
  vertex_ai: 'gcp.vertex_ai',
  vertexai: 'gcp.vertex_ai',
  google_vertexai: 'gcp.vertex_ai',
  google: 'gcp.gemini',
  gemini: 'gcp.gemini',
  google_genai: 'gcp.gemini',
  googleai: 'gcp.gemini',
  'google-gla': 'gcp.gemini',
  'google-vertex': 'gcp.vertex_ai',
  google_vertex: 'gcp.vertex_ai',
  aws: 'aws.bedrock',
  aws_bedrock: 'aws.bedrock',
  bedrock: 'aws.bedrock',
  amazon_bedrock: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  bedrock_converse: 'aws.bedrock',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
  moonshot: 'moonshot_ai',
  xai: 'x_ai',
  'x-ai': 'x_ai',
  watsonx: 'ibm.watsonx.ai',
  together_ai: 'together',
};

const BY_SPELLING = new Map(Object.entries(CANONICAL));

/**
 * Returns the canonical name of a provider, and ignores the case of known spellings. An unknown name is returned
 * unchanged, except that a name of letters only (`OpenAI`) is converted to lower case.
 */
export function canonicalProvider(name: string): string {
  const lower = name.toLowerCase();
  return BY_SPELLING.get(lower) ?? (LETTERS_ONLY.test(name) ? lower : name);
}

/** Ids of private gateways, such as `Acme-Gateway-2`, may depend on their case. They do not match. */
const LETTERS_ONLY = /^[A-Za-z]+$/;
