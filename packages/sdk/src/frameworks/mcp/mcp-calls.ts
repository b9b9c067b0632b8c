import { SpanStatusCode } from '@opentelemetry/api';
import type { LazyAttributes } from '../../content/capture.ts';
import { type Json, list, record, text } from '../../core/json.ts';
import { KEYS } from '../../core/semconv.ts';
import type { Span, SpanOptions } from '../../span/span.ts';

/** The keys of OpenTelemetry's conventions for the Model Context Protocol (`docs/gen-ai/mcp.md`). */
export const MCP_KEYS = {
  method: 'mcp.method.name',
  session: 'mcp.session.id',
  protocolVersion: 'mcp.protocol.version',
  resource: 'mcp.resource.uri',
  requestId: 'jsonrpc.request.id',
  errorCode: 'rpc.response.status_code',
} as const;

/** How the parameters and the result of one protocol method are recorded. */
interface McpCall {
  readonly target: (params: Json) => string | undefined;
  readonly start: (params: Json) => SpanOptions & { readonly marks?: LazyAttributes };
  readonly end: (result: Json, span: Span) => void;
}

export const MCP_CALLS: Readonly<Record<string, McpCall>> = {
  'tools/call': {
    target: ({ name }) => text(name),
    start: (params) => ({
      kind: 'tool',
      toolName: text(params.name),
      toolArguments: () => params.arguments ?? {},
    }),
    end: (result, span) => {
      span.update({ toolResult: () => result.structuredContent ?? plainContent(result.content) });
      if (result.isError !== true) return;
      // The tool's error message is part of its result and therefore content.
      span.set({ [KEYS.errorType]: 'tool_error' });
      span.otel.setStatus({ code: SpanStatusCode.ERROR, message: 'the tool returned an error' });
    },
  },
  'resources/read': {
    target: ({ uri }) => text(uri),
    start: (params) => ({
      marks: { [MCP_KEYS.resource]: text(params.uri) },
      input: () => params.uri,
    }),
    end: (result, span) => void span.update({ output: () => result.contents }),
  },
  'prompts/get': {
    target: ({ name }) => text(name),
    start: (params) => ({
      kind: 'prompt',
      promptName: text(params.name),
      input: () => params.arguments ?? {},
    }),
    end: (result, span) => void span.update({ output: () => result.messages }),
  },
};

/** Returns the text if it is the only part. Otherwise returns the list of parts. */
function plainContent(content: unknown): unknown {
  const parts = list(content).map(record);
  const [only] = parts;
  return parts.length === 1 && only?.type === 'text' ? only.text : content;
}
