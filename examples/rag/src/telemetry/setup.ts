import Anthropic from '@anthropic-ai/sdk';
import { OITracer } from '@arizeai/openinference-core';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { context, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { ModelCallProcessor, observeStreams } from './model-call.ts';

export interface TelemetryOptions {
  /** Where traces go: the address of a Throughline or any OTLP/HTTP receiver, without `/v1/traces`. */
  readonly endpoint: string;
  readonly project: string;
  readonly environment: string;
}

export interface Telemetry {
  readonly tracer: OITracer;
  /** Sends what is left and restores the process to how it was, also where sending fails and this throws. */
  shutdown(): Promise<void>;
}

/** OpenTelemetry as an application sets it up, with OpenInference's instrumentations for both model SDKs. */
export function startTelemetry({ endpoint, project, environment }: TelemetryOptions): Telemetry {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: { 'x-throughline-project': project },
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'fernway-assistant',
      'service.version': '2.4.1',
      'deployment.environment.name': environment,
      'throughline.project': project,
    }),
    // A conversation is flattened into some ten attributes a message: the default of 128 loses its end.
    spanLimits: { attributeCountLimit: 4096 },
    spanProcessors: [
      new ModelCallProcessor(),
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 }),
    ],
  });
  provider.register();

  const instrumentations = [
    new OpenAIInstrumentation({ tracerProvider: provider }),
    new AnthropicInstrumentation({ tracerProvider: provider }),
  ] as const;
  // In ES modules nothing is patched on import: the instrumentations are handed the modules.
  instrumentations[0].manuallyInstrument({ OpenAI } as unknown as typeof OpenAI);
  instrumentations[1].manuallyInstrument({ default: Anthropic } as unknown as typeof Anthropic);
  const stopObserving = observeStreams();

  return {
    tracer: new OITracer({ tracer: provider.getTracer('fernway-assistant') }),
    async shutdown() {
      try {
        await provider.shutdown();
      } catch (error) {
        throw new Error(`The traces could not be sent to ${endpoint}`, { cause: error });
      } finally {
        stopObserving();
        for (const instrumentation of instrumentations) instrumentation.disable();
        trace.disable();
        context.disable();
        propagation.disable();
      }
    },
  };
}
