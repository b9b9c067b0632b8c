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

test('ids of headings are the same as on GitHub', () => {
  expect(headingId('Node: OpenAI with `OpenInference`')).toBe('node-openai-with-openinference');
});
