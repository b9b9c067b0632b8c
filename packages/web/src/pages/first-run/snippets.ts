/** Code to copy for one way to send traces, with the address of this server and the project filled in. */
export interface Snippet {
  readonly name: string;
  readonly note: string;
  readonly code: string;
}

const DEFAULT_ORIGIN = 'http://127.0.0.1:4318';

/** The command that runs the example application against the server at `origin`. */
export function demoCommand(origin: string): string {
  return `npx throughline demo${origin === DEFAULT_ORIGIN ? '' : ` --url ${origin}`}`;
}

/** `origin` has no slash at its end. `project` is the plain name; each snippet quotes it as it needs. */
export function snippetsFor(origin: string, project: string): readonly Snippet[] {
  return [
    {
      name: 'OpenTelemetry',
      note: 'If your application already exports OpenTelemetry traces, set these variables and restart it.',
      code: [
        `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`,
        'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
        // OpenTelemetry SDKs percent-decode the values of this variable.
        `export OTEL_EXPORTER_OTLP_HEADERS=x-throughline-project=${percentEncode(project)}`,
      ].join('\n'),
    },
    {
      name: 'TypeScript',
      note: 'npm install @throughline/sdk. Model providers, frameworks and vector stores are traced without code changes.',
      code: [
        `export THROUGHLINE_URL=${origin}`,
        `export THROUGHLINE_PROJECT=${shellQuote(project)}`,
        'node --import @throughline/sdk/register app.js',
      ].join('\n'),
    },
    {
      name: 'Node',
      note: 'npm install @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto',
      code: `import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const exporter = new OTLPTraceExporter({
  url: '${origin}/v1/traces',
  headers: { 'x-throughline-project': ${JSON.stringify(project)} },
});
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

trace.getTracer('hello').startActiveSpan('chat', (span) => {
  span.setAttributes({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 5,
  });
  span.end();
});
await provider.shutdown();`,
    },
    {
      name: 'Python',
      note: 'pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http',
      code: `from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

exporter = OTLPSpanExporter(
    endpoint="${origin}/v1/traces",
    headers={"x-throughline-project": ${JSON.stringify(project)}},
)
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)

with trace.get_tracer("hello").start_as_current_span("chat") as span:
    span.set_attribute("gen_ai.operation.name", "chat")
    span.set_attribute("gen_ai.request.model", "gpt-4o")
    span.set_attribute("gen_ai.usage.input_tokens", 12)
    span.set_attribute("gen_ai.usage.output_tokens", 5)`,
    },
    {
      name: 'curl',
      note: 'Sends a single span.',
      code: `curl ${origin}/v1/traces \\
  -H 'content-type: application/json' \\
  -H ${shellQuote(`x-throughline-project: ${project}`)} \\
  -d '{"resourceSpans":[{"scopeSpans":[{"spans":[{
    "traceId":"'$(openssl rand -hex 16)'","spanId":"'$(openssl rand -hex 8)'","name":"chat","kind":3,
    "startTimeUnixNano":"'$(date +%s)'000000000","endTimeUnixNano":"'$(date +%s)'900000000",
    "attributes":[
      {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
      {"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},
      {"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}},
      {"key":"gen_ai.usage.output_tokens","value":{"intValue":"5"}}]}]}]}]}'`,
    },
  ];
}

/** Encodes a text so that it is safe in a list of headers and in a shell without quotes. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
