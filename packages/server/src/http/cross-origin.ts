/**
 * CORS for the few routes that pages of other origins may use, such as a feedback button in a chat that sends a score.
 * Only configured origins are allowed, and only to write: responses with traces never have these headers.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Pages of the configured origins may call this route. */
    readonly crossOrigin?: boolean;
  }
}

const MAX_AGE_SECONDS = '600';

/** True if the request comes from a page of a configured origin, and its route allows that. */
export function isAllowedOrigin(request: FastifyRequest, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  return (
    request.routeOptions.config?.crossOrigin === true && origin !== undefined && origins.includes(origin)
  );
}

/** Responds to preflights for `path`. The route of that path needs `config: { crossOrigin: true }`. */
export function answerPreflights(
  app: FastifyInstance,
  path: string,
  { method, origins }: { readonly method: string; readonly origins: readonly string[] },
): void {
  app.options(
    path,
    { config: { crossOrigin: true, isKeyless: true }, schema: { hide: true } },
    async (request, reply) => {
      if (!isAllowedOrigin(request, origins)) return reply.code(204).send();
      return allowOrigin(request, reply, origins)
        .headers({
          'access-control-allow-methods': method,
          'access-control-allow-headers': 'authorization, content-type, x-api-key, x-throughline-project',
          'access-control-max-age': MAX_AGE_SECONDS,
        })
        .code(204)
        .send();
    },
  );
}

/** Without these headers a browser does not let the page read the response. */
export function allowOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
): FastifyReply {
  reply.header('vary', 'origin');
  if (isAllowedOrigin(request, origins))
    reply.header('access-control-allow-origin', request.headers.origin as string);
  return reply;
}
