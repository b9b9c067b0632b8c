import { readdir, readFile, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { headingId, renderMarkdown } from './markdown.ts';

const render = (text: string) =>
  renderMarkdown(text, (target) => (target.startsWith('../') ? undefined : `/${target}`));

test.each([
  ['## Two words', '<h2 id="two-words">Two words</h2>'],
  ['one\nparagraph\n\nanother', '<p>one paragraph</p>\n<p>another</p>'],
  ['**HTTP 400.** See `a < b`.', '<p><strong>HTTP 400.</strong> See <code>a &lt; b</code>.</p>'],
  ['[guide](x#y) and [source](../z)', '<p><a href="/x#y">guide</a> and source</p>'],
  ['- one\n  more\n- two', '<ul><li>one more</li><li>two</li></ul>'],
  ['1. one\n2. two', '<ol><li>one</li><li>two</li></ol>'],
  ['```sh\na && b\n```', '<pre><code>a &amp;&amp; b</code></pre>'],
  [
    '| a | b |\n| - | - |\n| `x` | 1 \\| 2 |',
    '<div class="table"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x</code></td><td>1 | 2</td></tr></tbody></table></div>',
  ],
  ['<!-- test: x -->\n<b>"hi"</b>', '<p>&lt;b&gt;&quot;hi&quot;&lt;/b&gt;</p>'],
])('renders %j', (text, html) => {
  expect(render(text)).toBe(html);
});

const picture = (dark: string, light: string) =>
  [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="${dark}">`,
    `  <img alt="A <trace>" src="${light}" onerror="x()">`,
    '</picture>',
    'after',
  ].join('\n');

test('renders a picture with its version for dark themes, and leaves out one without an address', () => {
  expect(render(picture('a-dark.webp', 'a.webp'))).toBe(
    '<picture><source media="(prefers-color-scheme: dark)" srcset="/a-dark.webp">' +
      '<img alt="A &lt;trace&gt;" src="/a.webp" loading="lazy"></picture>\n<p>after</p>',
  );
  expect(render(picture('../a-dark.webp', 'a.webp'))).not.toContain('<source');
  expect(render(picture('../a-dark.webp', '../a.webp'))).toBe('\n<p>after</p>');
});

const DOCS = new URL('../../../../../docs/', import.meta.url);
const IMAGES = new URL('images/', DOCS);

test('every picture that the documentation names exists, and every picture is used', async () => {
  const guides = (await readdir(DOCS)).filter((file) => file.endsWith('.md'));
  const pages = await Promise.all(
    ['../README.md', ...guides].map((file) => readFile(new URL(file, DOCS), 'utf8')),
  );
  const named = pages.flatMap((page) => [...page.matchAll(/images\/([^")\s]+)/g)].map(([, name]) => name));
  expect([...new Set(named)].sort()).toEqual((await readdir(IMAGES)).sort());
});

test('pictures are small', async () => {
  const names = await readdir(IMAGES);
  const sizes = await Promise.all(names.map(async (name) => (await stat(new URL(name, IMAGES))).size));
  expect(names.filter((_, index) => (sizes[index] as number) > 120_000)).toEqual([]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_500_000);
});

test('ids of headings are the same as on GitHub', () => {
  expect(headingId('Node: OpenAI with `OpenInference`')).toBe('node-openai-with-openinference');
});
