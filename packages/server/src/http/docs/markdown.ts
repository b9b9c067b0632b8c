/**
 * Renders the part of Markdown that the documentation uses: headings, paragraphs, lists, tables, code, bold text, links
 * and pictures. Other HTML in the text is shown as text; HTML comments are left out.
 */

/**
 * Returns the address of a link target or a picture. If it is undefined, the text is shown without a link, and a picture is
 * left out.
 */
export type ResolveLink = (target: string) => string | undefined;

export function renderMarkdown(text: string, resolveLink: ResolveLink): string {
  const lines = text.replace(/<!--[\s\S]*?-->/g, '').split('\n');
  const html: string[] = [];
  const inline = (source: string) => renderInline(source, resolveLink);
  let at = 0;
  /** Consumes lines while they match. */
  const take = (pattern: RegExp): string[] => {
    const start = at;
    while (at < lines.length && pattern.test(lines[at] ?? '')) at += 1;
    return lines.slice(start, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const [, marks = '', title = ''] = /^(#{1,6}) (.+)$/.exec(line) ?? [];
    if (line.trim() === '') {
      at += 1;
    } else if (marks !== '') {
      at += 1;
      html.push(`<h${marks.length} id="${headingId(title)}">${inline(title)}</h${marks.length}>`);
    } else if (line.startsWith('```')) {
      at += 1;
      const code = take(/^(?!```)/);
      at += 1;
      html.push(`<pre><code>${escapeHtml(code.join('\n'))}</code></pre>`);
    } else if (line === '<picture>') {
      const parts = take(/^(?!<\/picture>)/);
      at += 1;
      html.push(renderPicture(parts.join(' '), resolveLink));
    } else if (line.startsWith('|')) {
      html.push(renderTable(take(/^\|/), inline));
    } else if (LIST_ITEM.test(line)) {
      const tag = /^\d/.test(line) ? 'ol' : 'ul';
      html.push(
        `<${tag}>${listItems(take(LIST_LINE))
          .map((item) => `<li>${inline(item)}</li>`)
          .join('')}</${tag}>`,
      );
    } else if (/^ {4}/.test(line)) {
      html.push(
        `<pre><code>${escapeHtml(
          take(/^ {4}/)
            .map((each) => each.slice(4))
            .join('\n'),
        )}</code></pre>`,
      );
    } else {
      html.push(`<p>${inline(take(PARAGRAPH_LINE).join(' '))}</p>`);
    }
  }
  return html.join('\n');
}

const LIST_ITEM = /^(?:- |\d+\. )/;
/** Matches a list item or an indented line that continues one. */
const LIST_LINE = /^(?:- |\d+\. | {2,}\S)/;
const PARAGRAPH_LINE = /^(?!#{1,6} |```|\||- |\d+\. )\s*\S/;

function listItems(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (LIST_ITEM.test(line)) items.push(line.replace(LIST_ITEM, ''));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

function renderTable(lines: readonly string[], inline: (source: string) => string): string {
  const row = (line: string, tag: 'th' | 'td') =>
    `<tr>${cellsOf(line)
      .map((cell) => `<${tag}>${inline(cell)}</${tag}>`)
      .join('')}</tr>`;
  const [head = '', , ...body] = lines;
  return `<div class="table"><table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table></div>`;
}

/** Splits a row of a table. An escaped `\\|` is part of a cell. */
function cellsOf(line: string): string[] {
  const cells = line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** A picture with a version for dark themes. */
function renderPicture(source: string, resolveLink: ResolveLink): string {
  const [, dark = ''] = /\ssrcset="([^"]*)"/.exec(source) ?? [];
  const [, alt = ''] = /\salt="([^"]*)"/.exec(source) ?? [];
  const [, light = ''] = /\ssrc="([^"]*)"/.exec(source) ?? [];
  const [darkAddress, address] = [resolveLink(dark), resolveLink(light)];
  if (address === undefined) return '';
  const image = `<img alt="${escapeHtml(alt)}" src="${escapeHtml(address)}" loading="lazy">`;
  const inDark =
    darkAddress === undefined
      ? ''
      : `<source media="(prefers-color-scheme: dark)" srcset="${escapeHtml(darkAddress)}">`;
  return `<picture>${inDark}${image}</picture>`;
}

const INLINE =
  /(?<code>`[^`]+`)|\*\*(?<bold>[^*]+)\*\*|(?<image>!?)\[(?<text>[^\]]+)\]\((?<target>[^)\s]+)\)/g;

function renderInline(source: string, resolveLink: ResolveLink): string {
  let html = '';
  let last = 0;
  for (const match of source.matchAll(INLINE)) {
    const { code, bold, text = '', target = '', image } = match.groups ?? {};
    html += escapeHtml(source.slice(last, match.index));
    last = match.index + match[0].length;
    if (code !== undefined) html += `<code>${escapeHtml(code.slice(1, -1))}</code>`;
    else if (bold !== undefined) html += `<strong>${renderInline(bold, resolveLink)}</strong>`;
    else {
      const address = image === '!' ? undefined : resolveLink(target);
      const label = renderInline(text, () => undefined);
      html += address === undefined ? label : `<a href="${escapeHtml(address)}">${label}</a>`;
    }
  }
  return html + escapeHtml(source.slice(last));
}

/** The id of a heading as on GitHub: `Health checks` becomes `health-checks`. */
export function headingId(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
