import { type Json, list, number, present, record, text } from '../core/json.ts';
import type { Integration } from '../patch/integration.ts';
import { memberAt } from '../patch/patch.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

/** Pinecone: queries by vector or id, and searches by text for indexes with integrated embedding. */
export const pinecone: Integration = {
  name: 'pinecone',
  package: '@pinecone-database/pinecone',
  supported: '>=8.0.0 <10.0.0',
  kind: 'store',
  patch: (exports) => {
    traceIndex(memberAt(exports.Index ?? memberAt(exports.default, ['Index']), ['prototype']));
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['query']) === 'function' &&
      typeof memberAt(value, ['searchRecords']) === 'function',
    instrument: traceIndex,
  },
};

function traceIndex(index: unknown): void {
  traceSearch(index, 'query', 'pinecone query', (self, [options]) => query(self, record(options)));
  traceSearch(index, 'searchRecords', 'pinecone searchRecords', (self, [options]) =>
    records(self, record(options)),
  );
}

function query(index: unknown, options: Json): Search {
  return {
    ...where(index, options),
    operation: 'query',
    topK: number(options.topK),
    dimensions: lengthOf(options.vector),
    filter: options.filter ?? (options.id === undefined ? undefined : { id: options.id }),
    found: matches,
  };
}

function records(index: unknown, options: Json): Search {
  const given = record(options.query);
  const inputs = record(given.inputs);
  return {
    ...where(index, options),
    operation: 'search_records',
    topK: number(given.topK),
    query: text(inputs.text),
    dimensions: lengthOf(record(given.vector).values),
    filter: given.filter,
    found: hits,
  };
}

function where(index: unknown, options: Json): Pick<Search, 'system' | 'collection' | 'namespace'> {
  const { target } = record(index);
  return {
    system: 'pinecone',
    collection: text(record(target).indexName) ?? text(record(target).index),
    namespace: text(options.namespace) ?? text(record(target).namespace),
  };
}

function matches(result: unknown): Found {
  const originals = list(record(result).matches);
  const documents = originals.map(record).map(({ id, score, metadata }) => ({
    ...present({ id: text(id), content: textOf(record(metadata)), score: number(score), metadata }),
  }));
  return { documents, originals };
}

function hits(result: unknown): Found {
  const originals = list(record(record(result).result).hits);
  const documents = originals.map(record).map((hit) => {
    const fields = record(hit.fields);
    return {
      ...present({
        id: text(hit._id),
        content: textOf(fields),
        score: number(hit._score),
        metadata: Object.keys(fields).length === 0 ? undefined : fields,
      }),
    };
  });
  return { documents, originals };
}

/** Applications choose the field for texts themselves. These are the names that examples and frameworks use. */
function textOf(metadata: Json): string | undefined {
  return (
    text(metadata.text) ?? text(metadata.content) ?? text(metadata.chunk_text) ?? text(metadata.page_content)
  );
}
