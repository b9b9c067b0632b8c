import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys } from '../access/api-keys.ts';
import { readAdmittedBody } from '../admission/admit-bodies.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { escapeHtml } from './docs/markdown.ts';

export const SIGN_IN_PATH = '/sign-in';
const MAX_BODY_BYTES = 8192;
const SESSION_SECONDS = 30 * 24 * 3600;

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(oklch(0.24 0.012 265), oklch(0.93 0.005 265));
  --soft: light-dark(oklch(0.43 0.014 265), oklch(0.78 0.01 265)); --page: light-dark(oklch(0.995 0.001 260), oklch(0.185 0.008 265));
  --line: light-dark(oklch(0.85 0.008 260), oklch(0.37 0.013 265)); --accent: light-dark(oklch(0.5 0.17 264), oklch(0.74 0.12 264));
  --on-accent: light-dark(oklch(1 0 0), oklch(0.17 0.03 264)); --error: light-dark(oklch(0.525 0.2 25), oklch(0.72 0.16 22)); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem; background: var(--page); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; }
main { width: min(22rem, 100%); }
h1 { font-size: 1.125rem; font-weight: 600; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; color: var(--soft); }
label { display: block; font-weight: 500; margin-bottom: .375rem; }
input { width: 100%; padding: .5rem .625rem; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; font: 13px/1.4 ui-monospace, monospace; }
button { width: 100%; margin-top: .75rem; padding: .5rem; border: 0; border-radius: 6px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 500; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.error { color: var(--error); margin: .5rem 0 0; }
code { font: 12px/1.4 ui-monospace, monospace; }
`;

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The page to enter the key, which is sent instead of the requested page. */
export function sendSignInPage(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // After a link on another site a browser withholds the cookie (SameSite=Strict). Loading the address again from this
  // page sends it.
  const isFromOtherSite = /^(?:cross-site|same-site)$/.test(String(request.headers['sec-fetch-site']));
  return sendPage(reply, { next: request.url, isReload: isFromOtherSite });
}

/** `POST /sign-in` with the fields `key` and `next` of the page's form: sets the cookie and redirects to `next`. */
export async function signInRoute(
  app: FastifyInstance,
  { apiKeys }: { readonly apiKeys: ApiKeys },
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    async (request: FastifyRequest, payload: IncomingMessage) =>
      new URLSearchParams(Buffer.from(await readAdmittedBody(request, payload)).toString()),
  );
  app.post(
    SIGN_IN_PATH,
    { bodyLimit: MAX_BODY_BYTES, config: { isKeyless: true } },
    async (request, reply) => {
      if (!(request.body instanceof URLSearchParams))
        throw new ThroughlineError(
          'unsupported-content-type',
          'expected the form of the page that asks for the key',
        );
      const next = ownPath(request.body.get('next') ?? '/');
      const cookie = apiKeys.cookieOf((request.body.get('key') ?? '').trim());
      if (cookie === undefined) return sendPage(reply, { next, isWrong: true });
      const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
      return reply
        .header(
          'set-cookie',
          `${cookie.name}=${cookie.value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Strict${secure}`,
        )
        .header('cache-control', 'no-store')
        .redirect(next, 303);
    },
  );
}

/** A path of this server; other sites are never the target of a redirect. */
function ownPath(next: string): string {
  const url = URL.parse(next, 'http://localhost');
  return url?.origin === 'http://localhost' && /^\/(?![/\\])/.test(next)
    ? `${url.pathname}${url.search}`
    : '/';
}

interface SignInPage {
  readonly next: string;
  readonly isWrong?: boolean;
  readonly isReload?: boolean;
}

function sendPage(
  reply: FastifyReply,
  { next, isWrong = false, isReload = false }: SignInPage,
): FastifyReply {
  const error = isWrong
    ? '<p class="error" id="error" role="alert">This is not a key of this server.</p>'
    : '';
  const described = isWrong ? ' aria-invalid="true" aria-describedby="error"' : '';
  return reply
    .code(401)
    .headers(HEADERS)
    .header('www-authenticate', 'Bearer realm="throughline"')
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${isReload ? `<meta http-equiv="refresh" content="0; url=${escapeHtml(next)}">` : ''}
<title>Enter the key · Throughline</title>
<style>${STYLE}</style>
<main>
<h1>Throughline</h1>
<p>This server needs its API key, which was set with <code>--api-key</code> or <code>THROUGHLINE_API_KEY</code>.</p>
<form method="post" action="${SIGN_IN_PATH}">
<input type="text" name="user" value="throughline" autocomplete="username" hidden>
<label for="key">API key</label>
<input id="key" name="key" type="password" required autofocus autocomplete="current-password" spellcheck="false"${described}>
${error}
<input type="hidden" name="next" value="${escapeHtml(next)}">
<button>Continue</button>
</form>
</main>
</html>
`);
}
