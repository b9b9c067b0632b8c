import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What sources may import besides each other: both run wherever JavaScript does. */
const ALLOWED = new Set(['libphonenumber-js/min', 're2js']);

test('sources import nothing that needs a platform', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  expect(sources.length).toBeGreaterThan(20);
  for (const file of sources) {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    const imports = [...text.matchAll(/from '([^'.][^']*)'/g)].map((match) => match[1] ?? '');
    expect(
      imports.filter((name) => !ALLOWED.has(name)),
      file,
    ).toEqual([]);
  }
});
