import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';

export interface RegisteredRoute {
  readonly method: string;
  /** A path of the route with values for its parameters. */
  readonly path: string;
}

/** Runs `start` and returns every HTTP route that it registers, so that tests cannot miss a new one. */
export async function registeredRoutes<T>(
  start: () => Promise<T>,
): Promise<{ readonly result: T; readonly routes: readonly RegisteredRoute[] }> {
  const routes: RegisteredRoute[] = [];
  const onRoute = ({ method, url }: RouteOptions) => {
    const path = url.replace(/:\w+/g, 'x').replace('*', 'x');
    for (const each of [method].flat()) routes.push({ method: each, path });
  };
  const onApp = (message: unknown) => {
    (message as { readonly fastify: FastifyInstance }).fastify.addHook('onRoute', onRoute);
  };
  subscribe('fastify.initialization', onApp);
  try {
    return { result: await start(), routes };
  } finally {
    unsubscribe('fastify.initialization', onApp);
  }
}
