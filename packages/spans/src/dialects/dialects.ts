import { aiSdk } from './ai-sdk/ai-sdk.ts';
import { aiSdkLegacy } from './ai-sdk/ai-sdk-legacy.ts';
import { anthropicSdk } from './anthropic-sdk/anthropic-sdk.ts';
import type { Dialect } from './dialect.ts';
import { generic } from './generic/generic.ts';
import { mastra } from './mastra/mastra.ts';
import { openinference } from './openinference/openinference.ts';
import { otelGenai } from './otel-genai/otel-genai.ts';
import { Shapes } from './shapes.ts';

/**
 * Every vocabulary, in the order in which they are asked for each field. A producer that writes two of them derives
 * the OpenTelemetry names from its own, so its own come first; what all share comes last.
 */
export const DIALECTS: readonly Dialect[] = [
  openinference,
  aiSdkLegacy,
  mastra,
  otelGenai,
  aiSdk,
  anthropicSdk,
  generic,
];

/** What the mappers share: a span is mapped by both in turn, and its shape is looked for once. */
export const SHAPES = new Shapes(DIALECTS);
