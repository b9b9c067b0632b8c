import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './markdown.tsx';
import { isTooComplex } from './markdown-limits.ts';

describe('Markdown that is not rendered', () => {
  it.each([
    ['lists in lists on one line', `${'- '.repeat(1500)}x`],
    ['quotes in quotes', `text\n\n${'> '.repeat(3000)}x`],
    ['quotes without spaces', '>'.repeat(60_000)],
    ['lists and quotes', `${'> 1. '.repeat(100)}x`],
    ['a list that is indented by many columns', `${' '.repeat(300)}- x`],
    ['emphasis in emphasis', `${'*a **b '.repeat(1500)}${'c** d* '.repeat(1500)}`],
    ['images in images', `${'!['.repeat(3000)}x${'](a)'.repeat(3000)}`],
  ])('has %s', (_, text) => {
    expect(isTooComplex(text)).toBe(true);
  });

  it.each([
    ['a list of three levels', '- a\n  - b\n    1. c\n'.repeat(500)],
    ['quoted mail', '> > > hello\n'.repeat(500)],
    ['many short paragraphs with emphasis', '**a** and *b*\n\n'.repeat(2000)],
    ['a line of asterisks', '*'.repeat(500)],
    ['a table', `| a | b |\n|---|---|\n${'| **x** | [y](https://example.com) |\n'.repeat(200)}`],
  ])('does not have only %s', (_, text) => {
    expect(isTooComplex(text)).toBe(false);
  });
});

describe('nested Markdown', () => {
  const htmlOf = (text: string) => renderToStaticMarkup(createElement(Markdown, { text }));
  const levelsOf = (html: string, tag: string) => html.split(`<${tag}>`).length - 1;

  it('is rendered to a depth of 40 levels, and deeper elements are shown as text', () => {
    const lines = Array.from({ length: 60 }, (_, level) => `${'  '.repeat(level)}- level ${level}`);
    const html = htmlOf(lines.join('\n'));
    expect(levelsOf(html, 'ul')).toBe(20);
    expect(html).toContain('- level 59');
  });

  it('does not use the stack for each level of emphasis', () => {
    const html = htmlOf(`${'*a '.repeat(200)}${'b* '.repeat(200)}`);
    expect(levelsOf(html, 'em')).toBe(38);
    expect(html).toContain('b* b*');
  });
});
