import { FRAMEWORKS } from '../frameworks/frameworks.ts';
import { PROVIDERS } from '../providers/providers.ts';
import { VECTOR_STORES } from '../vector-stores/vector-stores.ts';
import type { Integration } from './integration.ts';

/** Every package that is traced by itself. A new one is one file and one row here. */
export const INTEGRATIONS: readonly Integration[] = [...PROVIDERS, ...FRAMEWORKS, ...VECTOR_STORES];
