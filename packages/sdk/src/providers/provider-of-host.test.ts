import { expect, it } from 'vitest';
import { providerOfUrl } from './provider-of-host.ts';

it.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://shop.openai.azure.com/openai', 'azure.ai.openai'],
  ['https://api.groq.com/openai/v1', 'groq'],
  ['https://api.deepseek.com', 'deepseek'],
  ['https://api.x.ai/v1', 'x_ai'],
  ['https://api.mistral.ai/v1', 'mistral_ai'],
  ['https://generativelanguage.googleapis.com/v1beta/openai/', 'gcp.gemini'],
  ['https://europe-west4-aiplatform.googleapis.com/v1', 'gcp.vertex_ai'],
  ['https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1', 'aws.bedrock'],
  ['https://OpenRouter.ai/api/v1', 'openrouter'],
  ['https://api.together.xyz/v1', 'together'],
  // Unknown hosts are attributed to the vendor whose protocol the client speaks.
  ['http://127.0.0.1:8787/v1', 'openai'],
  ['https://notopenai.com.evil.example/v1', 'openai'],
  ['https://max.ai/v1', 'openai'],
  [undefined, 'openai'],
  ['::', 'openai'],
])('%s → %s', (url, provider) => {
  expect(providerOfUrl(url, 'openai')).toBe(provider);
});
