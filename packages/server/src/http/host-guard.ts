/**
 * Which `Host` a server on a loopback address answers pages and the API for.
 *
 * There are no accounts on a local server, so the browser's same-origin rule is what keeps other web sites from
 * reading traces: answers carry no CORS headers. A site can get around it by letting its own name resolve to
 * 127.0.0.1 (DNS rebinding): its page is then of "the same origin" as this server. Such a request still carries the
 * foreign name in `Host`, so a server that is bound to a loopback address answers only for `localhost`, names below
 * it, and addresses. A server that is bound to anything else is reached by names that we cannot know; it belongs
 * behind a proxy that authenticates.
 *
 * Writing from other sites: `/v1/traces` takes only content types that a page cannot send to another origin without
 * asking first (a preflight), and preflights are not answered. A request that says it comes from another site and
 * would change something is refused here for the API as well.
 */

import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isAllowedOrigin } from './cross-origin.ts';
import { sendProblem } from './problem-reply.ts';

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Whether the name of a `Host` header, with or without a port, means this machine or is an address. */
export function isLocalHost(header: string): boolean {
  const name = header.replace(/:\d+$/, '').toLowerCase();
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  return bare === 'localhost' || bare.endsWith('.localhost') || isIP(bare) !== 0;
}

/** An `onRequest` hook. `boundTo` is the address that the server listens on; `corsOrigins` see `cross-origin.ts`. */
export function guardHost(boundTo: string, corsOrigins: readonly string[] = []) {
  const local = isLoopback(boundTo);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const host = request.headers.host ?? '';
    if (local && !isLocalHost(host)) {
      return sendProblem(
        reply,
        'forbidden',
        `This server listens on ${boundTo} only and does not answer for the host "${host}". Use http://localhost.`,
      );
    }
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const crossSite = request.headers['sec-fetch-site'] === 'cross-site';
    if (!reads && crossSite && !isAllowedOrigin(request, corsOrigins)) {
      return sendProblem(reply, 'forbidden', 'Pages of other sites may not change anything here.');
    }
    return undefined;
  };
}
