import { FRAMEWORKS } from '../frameworks/frameworks.ts';
import type { Integration } from '../patch/integration.ts';
import { PROVIDERS } from '../providers/providers.ts';
import { VECTOR_STORES } from '../vector-stores/vector-stores.ts';

/** All packages that are traced automatically. To add one, write its integration and list it here. */
export const INTEGRATIONS: readonly Integration[] = [...PROVIDERS, ...FRAMEWORKS, ...VECTOR_STORES];
