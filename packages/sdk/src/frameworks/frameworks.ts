import type { Integration } from '../register/integration.ts';
import { aiSdk } from './ai-sdk.ts';
import { langchain } from './langchain/langchain.ts';

/** Frameworks and protocols that are traced by themselves. */
export const FRAMEWORKS: readonly Integration[] = [aiSdk, langchain];
