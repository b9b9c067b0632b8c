import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapContent } from '../mapping/map-content.ts';
import { mapFacts } from '../mapping/map-facts.ts';
import { previews } from '../mapping/previews.ts';
import type { RawSpan } from '../model/raw-span.ts';
import { spansFromOtlpJson } from '../testing/otlp-json.ts';

/*
 * Each fixture contains exported spans (`otlp`) and the result of mapping each of them (`expected`).
 * `UPDATE_GOLDENS=1` writes new expected results. Review the diff afterwards.
 */
const FOLDER = join(import.meta.dirname, 'fixtures');
const UPDATE = process.env.UPDATE_GOLDENS === '1';

function mapped(span: RawSpan): unknown {
  const content = mapContent(span);
  // Converted to JSON and back, because a fixture is JSON: ignores undefined and prototypes.
  return JSON.parse(
    JSON.stringify({
      spanId: span.spanId,
      facts: sorted(mapFacts(span)),
      content,
      previews: previews(content),
    }),
  );
}

/** Sorts the facts by name, so that the order of dialects does not change fixtures. */
function sorted(facts: object): object {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe.each(readdirSync(FOLDER))('%s', (dialect) => {
  it.each(readdirSync(join(FOLDER, dialect)))('maps %s', (name) => {
    const path = join(FOLDER, dialect, name);
    const fixture = JSON.parse(readFileSync(path, 'utf8')) as { otlp: unknown; expected?: unknown };
    const actual = spansFromOtlpJson(fixture.otlp).map(mapped);
    expect(actual).not.toEqual([]);
    if (UPDATE) writeFileSync(path, `${JSON.stringify({ otlp: fixture.otlp, expected: actual }, null, 2)}\n`);
    else expect(actual).toEqual(fixture.expected);
  });
});
