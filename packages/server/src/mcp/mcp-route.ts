import { createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { admitReads } from '../admission/admit-reads.ts';
import type { ReadAdmission } from '../admission/read-admission.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { replyWithProblem, sendProblem } from '../http/problem-reply.ts';
import { projectOfApiRequest, projectOfHeaders } from '../project/project-of-request.ts';
import { createMcpServer } from './create-mcp-server.ts';

export interface McpRouteParts {
  readonly engine: Engine;
  readonly readAdmission: ReadAdmission;
  /** The current time as it is stored with spans that arrive now, nanoseconds since 1970. */
  readonly now: () => bigint;
}

/** Calls of tools are short. */
const MAX_BODY_BYTES = 256 << 10;

/**
 * The MCP server at `/mcp`: streamable HTTP without sessions. Every request gets its own server, which ends with the response,
 * so any replica can answer any request. The project is that of the query parameter `project` or the header
 * `x-throughline-project`; without one, each call names its project.
 *
 * Source: Model Context Protocol, revisions 2025-06-18 and 2026-07-28, transports.
 */
export async function mcpRoute(
  app: FastifyInstance,
  { engine, readAdmission, now }: McpRouteParts,
): Promise<void> {
  app.setErrorHandler(replyWithProblem);
  admitReads(app, readAdmission);
  app.post('/mcp', { bodyLimit: MAX_BODY_BYTES, config: { readsStore: true } }, async (request, reply) => {
    if (!isSingleMessage(request.body))
      return sendProblem(
        reply,
        'invalid-request',
        'The body is not one JSON-RPC message. Batches are not supported.',
      );
    const signal = disconnectSignal(reply);
    const context = { engine, pinnedProject: projectOf(request), signal, nowNs: now() };
    const handler = createMcpHandler(() => createMcpServer(context, request.log), {
      // No tool, prompt or resource changes while the server runs.
      maxSubscriptions: 0,
    });
    const response = await handler.fetch(webRequest(request, signal), { parsedBody: request.body });
    return send(reply, response);
  });
  // Only a server with sessions or its own messages needs these methods.
  app.route({
    method: ['GET', 'DELETE'],
    url: '/mcp',
    config: { readsStore: false },
    handler: async (_request, reply) =>
      sendProblem(reply.header('allow', 'POST'), 'method-not-allowed', 'The MCP server answers POST only.'),
  });
}

/** Undefined if the client does not name a project. @throws ThroughlineError invalid-project */
function projectOf({ query, headers }: FastifyRequest): string | undefined {
  const { project } = query as { readonly project?: unknown };
  return typeof project === 'string' ? projectOfApiRequest(project, headers) : projectOfHeaders(headers);
}

function isSingleMessage(body: unknown): body is { readonly method?: unknown } {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function webRequest({ headers }: FastifyRequest, signal: AbortSignal): Request {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') copied.set(name, value);
  // The address does not matter, and the one of the request may not be valid.
  return new Request('http://localhost/mcp', { method: 'POST', headers: copied, signal });
}

async function send(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  if (contentType !== null) reply.type(contentType);
  return reply.code(response.status).header('cache-control', 'no-store').send(text);
}
