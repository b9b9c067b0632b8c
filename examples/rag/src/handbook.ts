import { readdirSync, readFileSync } from 'node:fs';

export interface Passage {
  /** Id in the form `file/heading`, e.g. `returns/refund-timing`. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

const FOLDER = new URL('../handbook/', import.meta.url);

/** Reads the handbook and splits it at its second-level headings into passages. */
export function readHandbook(): Passage[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .flatMap((file) => cutPassages(file.slice(0, -3), readFileSync(new URL(file, FOLDER), 'utf8')));
}

function cutPassages(topic: string, markdown: string): Passage[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = '', ...lines] = section.split('\n');
      const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      return { id: `${topic}/${slug}`, title, text: lines.join('\n').trim() };
    });
}
