import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendProblem } from '../problem-reply.ts';
import { escapeHtml, renderMarkdown } from './markdown.ts';

/** The build copies the documentation into `dist`; otherwise it is in the repository. */
const DOCS_DIRS = ['../../docs/', '../../../../../docs/'];

/** The pictures are in the repository only, so that the published package stays small. Its guides leave them out. */
const IMAGES = new URL('../../../../../docs/images/', import.meta.url);

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 15px/1.6 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 6rem; }
nav { font-size: 13px; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding-bottom: .75rem; border-bottom: 1px solid var(--line); }
h1, h2, h3 { line-height: 1.3; margin: 2rem 0 .5rem; scroll-margin-top: 1rem; }
h2 { font-size: 1.2rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p, li { max-width: 46rem; }
:target { outline: 2px solid LinkText; outline-offset: 4px; border-radius: 2px; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre, .table { overflow-x: auto; }
pre { padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
a { color: LinkText; }
img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
`;

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

const IMAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** Names of the pictures in `docs/images`. Empty if there are none. */
function findImages(): readonly string[] {
  try {
    return readdirSync(fileURLToPath(IMAGES)).filter((file) => file.endsWith('.webp'));
  } catch {
    return [];
  }
}

/** Names of the guides in `docs/*.md`, such as `errors`. Empty if the documentation is missing. */
function findGuides(): { readonly folder: URL; readonly names: readonly string[] } {
  for (const path of DOCS_DIRS) {
    const folder = new URL(path, import.meta.url);
    try {
      const files = readdirSync(fileURLToPath(folder));
      return {
        folder,
        names: files
          .filter((file) => file.endsWith('.md'))
          .map((file) => file.slice(0, -3))
          .sort(),
      };
    } catch {}
  }
  return { folder: new URL('.', import.meta.url), names: [] };
}

/**
 * Serves the guides as pages. The `type` of every problem links to `/docs/errors`. Pages are rendered at their first
 * request.
 */
export async function docsPlugin(app: FastifyInstance): Promise<void> {
  const { folder, names } = findGuides();
  const images = findImages();
  const pages = new Map<string, Promise<string>>();
  const render = async (name: string): Promise<string> =>
    page(name, names, images, await readFile(new URL(`${name}.md`, folder), 'utf8'));

  app.get<{ Params: { name: string } }>('/docs/:name', async (request, reply) => {
    const name = request.params.name.replace(/\.md$/, '');
    if (!names.includes(name)) return sendProblem(reply, 'not-found', `There is no page /docs/${name}.`);
    let html = pages.get(name);
    if (html === undefined) {
      html = render(name);
      pages.set(name, html);
    }
    return sendPage(reply, await html);
  });

  app.get<{ Params: { name: string } }>('/docs/images/:name', async (request, reply) => {
    const { name } = request.params;
    if (!images.includes(name)) return sendProblem(reply, 'not-found', `There is no picture ${name}.`);
    return reply
      .headers(IMAGE_HEADERS)
      .type('image/webp')
      .send(await readFile(new URL(name, IMAGES)));
  });
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.headers(HEADERS).type('text/html; charset=utf-8').send(html);
}

/** Sends Markdown as a page beside the guides. */
export function sendMarkdown(reply: FastifyReply, name: string, markdown: string): FastifyReply {
  return sendPage(reply, page(name, findGuides().names, [], markdown));
}

function page(name: string, names: readonly string[], images: readonly string[], markdown: string): string {
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? name;
  const links = names.map((each) => `<a href="/docs/${each}">${escapeHtml(each.replaceAll('-', ' '))}</a>`);
  const body = renderMarkdown(markdown, (target) => addressOf(target, names, images));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} – Throughline</title><style>${STYLE}</style></head>
<body><nav><a href="/">Throughline</a> ${links.join(' ')} <a href="/api/v1/reference">API reference</a></nav>
<main>${body}</main></body></html>
`;
}

/** Converts `operations.md#overload` to `/docs/operations#overload`. Undefined for files that are not served. */
function addressOf(target: string, names: readonly string[], images: readonly string[]): string | undefined {
  if (/^https?:\/\//.test(target) || target.startsWith('#')) return target;
  const [, image] = /^images\/([\w-]+\.webp)$/.exec(target) ?? [];
  if (image !== undefined) return images.includes(image) ? `/docs/images/${image}` : undefined;
  const [, name = '', anchor = ''] = /^([\w-]+)\.md(#.*)?$/.exec(target) ?? [];
  return names.includes(name) ? `/docs/${name}${anchor}` : undefined;
}
