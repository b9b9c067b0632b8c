import type { Integration } from '../register/integration.ts';
import { aiSdk } from './ai-sdk.ts';

/** Frameworks and protocols that are traced by themselves. */
export const FRAMEWORKS: readonly Integration[] = [aiSdk];
