import { agentFramework } from './agent-framework/agent-framework.ts';
import { aiSdk } from './ai-sdk/ai-sdk.ts';
import { aiSdkLegacy } from './ai-sdk/ai-sdk-legacy.ts';
import { anthropicSdk } from './anthropic-sdk/anthropic-sdk.ts';
import { braintrust } from './braintrust/braintrust.ts';
import { claudeCode } from './coding-agents/claude-code.ts';
import { copilot } from './coding-agents/copilot.ts';
import { crewai } from './crewai/crewai.ts';
import { databases } from './databases/databases.ts';
import type { Dialect } from './dialect.ts';
import { generic } from './generic/generic.ts';
import { genkit } from './genkit/genkit.ts';
import { googleAdk } from './google-adk/google-adk.ts';
import { haystack } from './haystack/haystack.ts';
import { langfuse } from './langfuse/langfuse.ts';
import { langsmith } from './langsmith/langsmith.ts';
import { litellm } from './litellm/litellm.ts';
import { livekit } from './livekit/livekit.ts';
import { logfire } from './logfire/logfire.ts';
import { mastra } from './mastra/mastra.ts';
import { mcp } from './mcp/mcp.ts';
import { mlflow } from './mlflow/mlflow.ts';
import { openinference } from './openinference/openinference.ts';
import { openlit } from './openlit/openlit.ts';
import { otelGenai } from './otel-genai/otel-genai.ts';
import { pydanticAi } from './pydantic-ai/pydantic-ai.ts';
import { Shapes } from './shapes.ts';
import { strands } from './strands/strands.ts';
import { traceloop } from './traceloop/traceloop.ts';
import { vectorStores } from './vector-stores/vector-stores.ts';

/**
 * All dialects, in the order in which they are tried for each field. A producer that writes two vocabularies derives the
 * OpenTelemetry attributes from its own, so its own come first. Attributes that all producers share come last.
 */
export const DIALECTS: readonly Dialect[] = [
  langfuse,
  langsmith,
  braintrust,
  mlflow,
  openinference,
  aiSdkLegacy,
  mastra,
  logfire,
  pydanticAi,
  googleAdk,
  genkit,
  livekit,
  haystack,
  claudeCode,
  litellm,
  traceloop,
  vectorStores,
  openlit,
  strands,
  crewai,
  mcp,
  copilot,
  otelGenai,
  agentFramework,
  aiSdk,
  anthropicSdk,
  databases,
  generic,
];

/** Shared by both mappers, so that the shape of a span is looked up only once. */
export const SHAPES = new Shapes(DIALECTS);
