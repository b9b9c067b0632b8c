import { type Json, list, number, present, record, text } from '../core/json.ts';
import type { Integration } from '../patch/integration.ts';
import { memberAt } from '../patch/patch.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

/** Qdrant over REST: `query`, the older `search` and `recommend`, and batches. */
export const qdrant: Integration = {
  name: 'qdrant',
  package: '@qdrant/js-client-rest',
  supported: '>=1.9.0 <2.0.0',
  kind: 'store',
  patch: (exports) => {
    traceClient(memberAt(exports.QdrantClient ?? memberAt(exports.default, ['QdrantClient']), ['prototype']));
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['upsert']) === 'function' && typeof memberAt(value, ['scroll']) === 'function',
    instrument: traceClient,
  },
};

function traceClient(client: unknown): void {
  for (const operation of ['query', 'search', 'recommend', 'queryGroups', 'queryBatch', 'searchBatch'])
    traceSearch(client, operation, `qdrant ${operation}`, (_self, [collection, options]) =>
      search(operation, collection, record(options)),
    );
}

function search(operation: string, collection: unknown, options: Json): Search {
  // A batch is recorded as one search, with the parameters of its first one.
  const first = Array.isArray(options.searches) ? record(options.searches[0]) : options;
  return {
    system: 'qdrant',
    operation,
    collection: text(collection),
    topK: number(first.limit),
    dimensions: dimensionsOf(first.vector ?? first.query),
    filter: first.filter,
    found,
  };
}

/** Length of a plain vector, a named one (`{name, vector}`), or the vector in `nearest`. */
function dimensionsOf(vector: unknown): number | undefined {
  const { vector: named, nearest } = record(vector);
  return lengthOf(vector) ?? lengthOf(named) ?? lengthOf(nearest);
}

function found(result: unknown): Found {
  const originals = pointsOf(result);
  const documents = originals.map(record).map(({ id, score, payload }) => {
    const fields = record(payload);
    return present({
      id: id === undefined ? undefined : String(id),
      content:
        text(fields.text) ?? text(fields.content) ?? text(fields.page_content) ?? text(fields.document),
      score: number(score),
      metadata: Object.keys(fields).length === 0 ? undefined : fields,
    });
  });
  return { documents, originals };
}

function pointsOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result.flatMap((item) => (isPoint(item) ? [item] : pointsOf(item)));
  const { points, groups } = record(result);
  return list(points ?? list(groups).flatMap((group) => list(record(group).hits)));
}

function isPoint(item: unknown): boolean {
  return record(item).id !== undefined && 'score' in record(item);
}
