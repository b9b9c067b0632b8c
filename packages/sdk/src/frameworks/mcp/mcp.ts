import { record } from '../../core/json.ts';
import type { ClientIntegration, Integration } from '../../patch/integration.ts';
import { memberAt } from '../../patch/patch.ts';
import { filesOf } from '../package-files.ts';
import { traceMcpClient } from './mcp-client.ts';
import { traceMcpServer, traceRegisteredHandlers } from './mcp-server.ts';

/*
 * The Model Context Protocol: calls of tools, resources and prompts in clients and servers. As the protocol and
 * OpenTelemetry's conventions specify, `_meta` contains the trace context, so that client and server form one trace over
 * any transport.
 */

const client: ClientIntegration = {
  recognises: (value) => has(value, 'callTool') && has(value, 'readResource') && has(value, 'getPrompt'),
  instrument: traceMcpClient,
};

/** The low-level `Server` and `McpServer`, which contains one. */
const server: ClientIntegration = {
  recognises: (value) => has(serverOf(value), 'setRequestHandler') && has(serverOf(value), 'connect'),
  instrument: (value) => {
    traceMcpServer(serverOf(value));
    traceRegisteredHandlers(serverOf(value));
  },
};

/** The package `@modelcontextprotocol/sdk`, version 1, which contains client and server. */
export const mcp: Integration = {
  name: 'mcp',
  package: '@modelcontextprotocol/sdk',
  supported: '>=1.10.0 <2.0.0',
  kind: 'protocol',
  modules: [
    '@modelcontextprotocol/sdk/client/index.js',
    '@modelcontextprotocol/sdk/client',
    '@modelcontextprotocol/sdk/server/index.js',
    '@modelcontextprotocol/sdk/server',
    '@modelcontextprotocol/sdk/server/mcp.js',
  ],
  patch: (exports, module) => {
    traceMcpClient(memberAt(exports, ['Client', 'prototype']));
    traceMcpServer(memberAt(exports, ['Server', 'prototype']));
    if (exports.McpServer !== undefined) {
      const load = filesOf(exports, module, { esm: './dist/esm/*.js', cjs: './dist/cjs/*.js' });
      traceMcpServer(memberAt(load('server/index'), ['Server', 'prototype']));
    }
    return undefined;
  },
  client,
};

/** The package `@modelcontextprotocol/client`, version 2. */
export const mcpClient: Integration = {
  name: 'mcp-client',
  package: '@modelcontextprotocol/client',
  supported: '>=2.0.0 <3.0.0',
  kind: 'protocol',
  patch: (exports) => {
    traceMcpClient(memberAt(exports, ['Client', 'prototype']));
    return undefined;
  },
  client,
};

/** The package `@modelcontextprotocol/server`, version 2. */
export const mcpServer: Integration = {
  name: 'mcp-server',
  package: '@modelcontextprotocol/server',
  supported: '>=2.0.0 <3.0.0',
  kind: 'protocol',
  patch: (exports) => {
    traceMcpServer(memberAt(exports, ['Server', 'prototype']));
    return undefined;
  },
  client: server,
};

function serverOf(value: unknown): unknown {
  return has(value, 'setRequestHandler') ? value : record(value).server;
}

function has(value: unknown, method: string): boolean {
  return typeof record(value)[method] === 'function';
}
