/**
 * Decides which `Host` headers the server accepts, and whether other web sites may change anything.
 *
 * The browser's same-origin rule prevents other sites from reading traces, because responses have no CORS headers. A site
 * can get around that rule by letting its own name resolve to 127.0.0.1 (DNS rebinding). Its page then has the same origin
 * as this server, but its requests still have the foreign name in `Host`. A server that is bound to a loopback address
 * therefore accepts only `localhost`, names below it, IP addresses, and the names that container engines give to the host
 * machine. IP addresses are safe because nobody can let them resolve to something else. If the server is bound to any other
 * address, API keys protect it; its names are checked only if some are allowed explicitly.
 *
 * Requests that would change something and come from another site, according to `Sec-Fetch-Site`, are rejected for every
 * bound address.
 *
 * OTLP over gRPC needs no such check, because browsers use HTTP/2 only over TLS.
 */

import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { ThroughlineError } from '../errors/errors.ts';
import { isLoopback } from './bind-address.ts';
import { isAllowedOrigin } from './cross-origin.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers every client, by any name. It must neither reveal nor change anything. */
    readonly isOpen?: boolean;
    /** The route needs no API key. */
    readonly isKeyless?: boolean;
  }
}

/** Names of the host machine inside containers: Docker, Podman, Lima and OrbStack. `internal` is reserved by ICANN. */
const CONTAINER_HOSTS: ReadonlySet<string> = new Set([
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
  'host.lima.internal',
  'host.orb.internal',
]);

/** True if the name in a `Host` header, with or without a port, means this machine, is an IP address, or is allowed. */
export function isAllowedHost(header: string, allowed: readonly string[] = []): boolean {
  const name = header.replace(/:\d+$/, '').toLowerCase().replace(/\.$/, '');
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  return (
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    isIP(bare) !== 0 ||
    CONTAINER_HOSTS.has(bare) ||
    allowed.some((host) => (host.startsWith('*.') ? bare.endsWith(host.slice(1)) : bare === host))
  );
}

export interface HostGuardParts {
  /** The address that the server listens on. */
  readonly host: string;
  /** Further host names that are accepted. If there is one, names are also checked on addresses other than loopback. */
  readonly allowedHosts: readonly string[];
  /** See `cross-origin.ts`. */
  readonly corsOrigins: readonly string[];
}

/**
 * Creates an `onRequest` hook for every route.
 *
 * @throws ThroughlineError forbidden
 */
export function guardHost({ host: boundTo, allowedHosts, corsOrigins }: HostGuardParts) {
  const checksNames = isLoopback(boundTo) || allowedHosts.length > 0;
  return async (request: FastifyRequest): Promise<void> => {
    if (request.routeOptions.config?.isOpen) return;
    const host = request.headers.host ?? '';
    if (checksNames && !isAllowedHost(host, allowedHosts)) {
      throw new ThroughlineError(
        'forbidden',
        `This server does not answer for the host "${host}". Use http://localhost, or allow the name with ` +
          '--allowed-host or THROUGHLINE_ALLOWED_HOSTS.',
      );
    }
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const isCrossSite = request.headers['sec-fetch-site'] === 'cross-site';
    if (!isReading && isCrossSite && !isAllowedOrigin(request, corsOrigins))
      throw new ThroughlineError('forbidden', 'Pages of other sites may not change data of this server.');
  };
}
