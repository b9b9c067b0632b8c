import type { Integration } from '../patch/integration.ts';
import { anthropic } from './anthropic/anthropic.ts';
import { bedrock } from './bedrock/bedrock.ts';
import { cohere } from './cohere/cohere.ts';
import { googleGenai } from './google/google-genai.ts';
import { mistral } from './mistral/mistral.ts';
import { openai } from './openai/openai.ts';

/** Integrations for the official clients of model providers. */
export const PROVIDERS: readonly Integration[] = [openai, anthropic, googleGenai, mistral, cohere, bedrock];
