import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem-reply.ts';

export interface WebAppParts {
  /** Folder of `index.html`; undefined if the web application is not built. */
  readonly webDir: string | undefined;
  /** Whether the page of a shared trace, with the scripts and styles of the application, needs no API key. */
  readonly sharesTraces: boolean;
}

/** The build is next to `dist` in the published package, otherwise in the workspace. */
const WEB_DIRS = ['../../web/', '../../../web/dist/'];

export function findWebDir(): string | undefined {
  return WEB_DIRS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((folder) =>
    existsSync(`${folder}index.html`),
  );
}

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Files of the build. Below other folders, a dot is part of an id, such as the user `maria@example.com`. */
const FILE = /^\/(?:assets\/.*|[^/]*)\.[a-z0-9]+$/i;

/** Vite puts a hash of the content into names below `assets/`. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Throughline</title>
<h1>Throughline is running</h1>
<p>The web application is not built. In a clone run <code>npm run build</code> and load this page again.</p>
<p>The API is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>; spans go to <code>/v1/traces</code> (OTLP).</p>
</html>
`;

/**
 * Serves the files of the build, and `index.html` for every address that the application routes itself (`/`,
 * `/t/<id>` …). It handles GET for every address without a route, so register it last.
 */
export async function webAppPlugin(
  app: FastifyInstance,
  { webDir, sharesTraces }: WebAppParts,
): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    // The sign-in page has its own policy.
    if (!reply.hasHeader('content-security-policy')) reply.headers(SECURITY_HEADERS);
  });
  if (webDir !== undefined) {
    await app.register(fastifyStatic, {
      root: webDir,
      // The route below serves the files. The plugin only adds `reply.sendFile`.
      serve: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', path.startsWith(`${webDir}assets/`) ? IMMUTABLE : 'no-cache');
      },
    });
  }

  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0] ?? '/';
    if (/^\/(api|v1)(\/|$)/.test(path)) {
      return sendProblem(reply, 'not-found', `There is no GET ${path}.`);
    }
    const isFile = FILE.test(path);
    if (webDir === undefined) {
      if (isFile) return sendProblem(reply, 'not-found', `There is no file ${path}.`);
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(NOT_BUILT);
    }
    if (!isFile) return reply.sendFile('index.html');
    const file = decodePath(path);
    if (file === undefined || !existsSync(`${webDir}${file}`)) {
      return sendProblem(reply, 'not-found', `There is no file ${path}.`);
    }
    return reply.sendFile(file);
  };
  app.get('/*', serve);
  if (sharesTraces) {
    const open = ['/share/:token', '/assets/*', '/icon.svg', '/theme-boot.js'];
    for (const path of open) app.get(path, { config: { isKeyless: true } }, serve);
    app.addHook('onSend', async (request, reply) => {
      if (request.url.startsWith('/share/')) reply.header('x-robots-tag', 'noindex, nofollow');
    });
  }
}

/** The relative path of a file. Undefined for invalid paths and paths that leave the folder. */
function decodePath(path: string): string | undefined {
  try {
    const file = decodeURIComponent(path).replace(/^\/+/, '');
    return file.split(/[\\/]/).includes('..') || file.includes('\0') ? undefined : file;
  } catch {
    return undefined;
  }
}
