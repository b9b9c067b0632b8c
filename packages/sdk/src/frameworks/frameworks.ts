import type { Integration } from '../patch/integration.ts';
import { aiSdk } from './ai-sdk.ts';
import { claudeAgent } from './claude-agent/claude-agent.ts';
import { langchain } from './langchain/langchain.ts';
import { llamaindex } from './llamaindex.ts';
import { mcp, mcpClient, mcpServer } from './mcp/mcp.ts';
import { openaiAgents } from './openai-agents/openai-agents.ts';

/** Frameworks and protocols that are traced automatically. */
export const FRAMEWORKS: readonly Integration[] = [
  aiSdk,
  claudeAgent,
  langchain,
  llamaindex,
  mcp,
  mcpClient,
  mcpServer,
  openaiAgents,
];
