/**
 * Spellings of providers → the values of `gen_ai.provider.name`, so that one provider is one row in every chart.
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
  aws: 'aws.bedrock',
  aws_bedrock: 'aws.bedrock',
  bedrock: 'aws.bedrock',
  amazon_bedrock: 'aws.bedrock',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
  moonshot: 'moonshot_ai',
  xai: 'x_ai',
  watsonx: 'ibm.watsonx.ai',
  together_ai: 'together',
};

const BY_SPELLING = new Map(Object.entries(CANONICAL));

/** The canonical name, or the name as it came where it is none of the known spellings; known ones in any case. */
export function canonicalProvider(name: string): string {
  const lower = name.toLowerCase();
  return BY_SPELLING.get(lower) ?? (LOWER_CASE.test(name) ? lower : name);
}

/** `OpenAI`, `Anthropic`: brands of letters only are the same in every case; ids of private gateways are not touched. */
const LOWER_CASE = /^[A-Za-z]+$/;
