import type { Integration } from '../register/integration.ts';

/** Vector stores that are traced by themselves. */
export const VECTOR_STORES: readonly Integration[] = [];
