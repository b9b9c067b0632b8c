import { anthropic } from '../providers/anthropic/anthropic.ts';
import { openai } from '../providers/openai/openai.ts';
import type { Integration } from './integration.ts';

/** Every package that is traced by itself. A new one is one file and one row here. */
export const INTEGRATIONS: readonly Integration[] = [anthropic, openai];
