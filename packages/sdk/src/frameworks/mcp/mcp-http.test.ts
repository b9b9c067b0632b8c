import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { InMemoryExporter, init, shutdown, startTrace } from '../../index.ts';
import { instrument } from '../../register/instrument.ts';

let http: Server;
let client: Client;
let spans: InMemoryExporter;

beforeAll(async () => {
  const server = new McpServer({ name: 'orders', version: '1.0.0' });
  server.registerTool('lookup', { inputSchema: { id: z.string() } }, async ({ id }) => ({
    content: [{ type: 'text', text: `${id} has shipped` }],
  }));
  instrument(server);
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await server.connect(transport as never);
  http = createServer((request, response) => void transport.handleRequest(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  client = instrument(new Client({ name: 'app', version: '1.0.0' }));
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)) as never);
});
afterAll(async () => {
  await client?.close();
  http?.closeAllConnections();
  await new Promise((resolve) => http?.close(resolve));
});
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

it('continues the trace over HTTP, with each call as child of its caller', async () => {
  const roots = await Promise.all(
    ['A-1', 'A-2'].map(async (id) => {
      const root = startTrace(id);
      await root.run(() => client.callTool({ name: 'lookup', arguments: { id } }));
      root.end();
      return root;
    }),
  );
  for (const root of roots) {
    const trace = spans.spans.filter(({ traceId }) => traceId === root.traceId);
    const clientSpan = trace.find(({ otel }) => otel.kind === 2);
    const serverSpan = trace.find(({ otel }) => otel.kind === 1);
    expect(clientSpan?.parentSpanId).toBe(root.spanId);
    expect(serverSpan?.parentSpanId).toBe(clientSpan?.spanId);
    expect(serverSpan?.input).toEqual(clientSpan?.input);
    expect(clientSpan?.attributes['mcp.session.id']).toBe(serverSpan?.attributes['mcp.session.id']);
    expect(clientSpan?.attributes['mcp.session.id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(clientSpan?.attributes['mcp.protocol.version']).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});
