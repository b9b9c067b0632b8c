import { FRAMEWORKS } from '../frameworks/frameworks.ts';
import { anthropic } from '../providers/anthropic/anthropic.ts';
import { googleGenai } from '../providers/google/google-genai.ts';
import { openai } from '../providers/openai/openai.ts';
import { VECTOR_STORES } from '../vector-stores/vector-stores.ts';
import type { Integration } from './integration.ts';

/** Every package that is traced by itself. A new one is one file and one row here. */
export const INTEGRATIONS: readonly Integration[] = [
  anthropic,
  googleGenai,
  openai,
  ...FRAMEWORKS,
  ...VECTOR_STORES,
];
