import {
  converted,
  either,
  json,
  object,
  oneOf,
  text,
  typedText,
} from '../../attributes/attribute-readers.ts';
import type { Dialect } from '../dialect.ts';

/*
 * Contents of MCP calls that OpenTelemetry's conventions do not name.
 * Source: openllmetry 0.62.1 instrumentation of MCP; openlit 1.3x `semcov/__init__.py`.
 */
export const mcp: Dialect = {
  name: 'mcp',
  title: 'MCP',
  describes: 'OpenLLMetry and OpenLIT for the Model Context Protocol',

  kind: oneOf('mcp.method.name', { 'prompts/get': 'prompt' }),
  facts: { toolName: text('mcp.tool.name') },
  content: {
    input: either(typedText('mcp.request.argument'), typedText('mcp.request.payload')),
    output: either(typedText('mcp.response.value'), typedText('mcp.response.payload')),
    toolName: text('mcp.tool.name'),
    toolArguments: either(
      json('mcp.tool.arguments'),
      // OpenLLMetry records the whole parameters of the request.
      converted(object('mcp.request.argument'), (request) => request.arguments),
    ),
    toolResult: json('mcp.tool.result'),
  },
  inputText: { keys: ['mcp.request.argument', 'mcp.request.payload', 'mcp.tool.arguments'] },
  outputText: { keys: ['mcp.response.value', 'mcp.response.payload', 'mcp.tool.result'] },
};
