import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type Json, list, number, present, record, text } from '../core/json.ts';
import type { Integration } from '../patch/integration.ts';
import { memberAt, wrapMethod } from '../patch/patch.ts';
import { follow } from '../stream/follow.ts';
import { NO_HOOKS } from '../stream/hooks.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

/** Chroma. Its collection class is not exported, so collections are instrumented when the client returns them. */
export const chroma: Integration = {
  name: 'chroma',
  package: 'chromadb',
  supported: '>=2.0.0 <4.0.0',
  kind: 'store',
  patch: (exports) => {
    for (const name of ['ChromaClient', 'CloudClient', 'AdminClient'])
      traceClient(memberAt(exports, [name, 'prototype']));
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['getOrCreateCollection']) === 'function' || isCollection(value),
    instrument: (value) => {
      if (isCollection(value)) traceCollection(value);
      else traceClient(value);
    },
  },
};

/** Methods of the client that return collections. */
const COLLECTION_METHODS = [
  'createCollection',
  'getCollection',
  'getOrCreateCollection',
  'getCollections',
  'getCollectionByCrn',
  'listCollections',
  'collection',
];

function traceClient(client: unknown): void {
  for (const name of COLLECTION_METHODS) {
    wrapMethod(client, name, `chroma ${name}`, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        return follow(Reflect.apply(original, this, args), {
          ...NO_HOOKS,
          context: ROOT_CONTEXT,
          done: (given) => {
            for (const collection of Array.isArray(given) ? given : [given]) traceCollection(collection);
          },
        });
      };
    });
  }
}

/** Checks four methods, because clients of other stores also have `query` and `upsert`. */
function isCollection(value: unknown): boolean {
  return ['query', 'upsert', 'peek', 'modify'].every((name) => typeof memberAt(value, [name]) === 'function');
}

/** Wraps `query` on the base class that defines it, because subclasses call that method. */
function traceCollection(collection: unknown): void {
  if (!isCollection(collection)) return;
  let owner = collection as object;
  for (let up: object | null = owner; up !== null; up = Object.getPrototypeOf(up))
    if (Object.hasOwn(up, 'query')) owner = up;
  traceSearch(owner, 'query', 'chroma query', (self, [options]) => query(self, record(options)));
}

function query(collection: unknown, options: Json): Search {
  const filter = present({ where: options.where, whereDocument: options.whereDocument, ids: options.ids });
  const texts = list(options.queryTexts).filter((item) => typeof item === 'string');
  return {
    system: 'chroma',
    operation: 'query',
    collection: text(record(collection).name),
    topK: number(options.nResults) ?? 10,
    query: texts.length === 0 ? undefined : texts.join('\n'),
    dimensions: lengthOf(list(options.queryEmbeddings)[0]),
    filter: Object.keys(filter).length === 0 ? undefined : filter,
    found,
  };
}

/** The result has one list per column, with one row per query. */
function found(result: unknown): Found {
  const { ids, documents, distances, metadatas } = record(result);
  const found = list(ids).flatMap((row, question) =>
    list(row).map((id, index) => {
      const cell = (column: unknown) => list(list(column)[question])[index] ?? undefined;
      const distance = number(cell(distances));
      const metadata = cell(metadatas);
      return present({
        id: text(id),
        content: text(cell(documents)),
        metadata: distance === undefined ? metadata : { ...record(metadata), distance },
      });
    }),
  );
  return { documents: found, originals: [] };
}
