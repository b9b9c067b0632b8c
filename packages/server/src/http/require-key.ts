import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ApiKeys, KEY_REQUIRED } from '../access/api-keys.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { sendSignInPage } from './sign-in.ts';

/**
 * Creates an `onRequest` hook for every route that accepts only requests with a key. Browsers that request a page get a
 * page to enter the key; other clients get an error.
 *
 * @throws ThroughlineError unauthorized
 */
export function requireKey(keys: ApiKeys) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (isKeyless(request) || keys.allows(request.headers)) return undefined;
    if (wantsPage(request)) return sendSignInPage(request, reply);
    reply.header('www-authenticate', 'Bearer realm="throughline"');
    throw new ThroughlineError('unauthorized', KEY_REQUIRED);
  };
}

function isKeyless({ routeOptions: { config } }: FastifyRequest): boolean {
  return config?.isOpen === true || config?.isKeyless === true;
}

/** True for addresses that a person opens. Scripts, styles and data of the API are not pages. */
function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return !/^\/(?:api|v1)\//.test(url) && (headers.accept ?? '').includes('text/html');
}
