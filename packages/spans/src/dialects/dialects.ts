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
 * All dialects, in the order in which they are tried for each field. A producer that writes two vocabularies derives the
 * OpenTelemetry attributes from its own, so its own come first. Attributes that all producers share come last.
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

/** Shared by both mappers, so that the shape of a span is looked up only once. */
export const SHAPES = new Shapes(DIALECTS);
