import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type Json, list, number, present, record, text } from '../providers/json.ts';
import type { Integration } from '../register/integration.ts';
import { memberAt, wrapMethod } from '../register/patch.ts';
import { follow } from '../stream/follow.ts';
import { NO_HOOKS } from '../stream/hooks.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

/** Chroma. Its collections are of a class that is not exported: they are met where the client hands them out. */
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

const GIVERS = [
  'createCollection',
  'getCollection',
  'getOrCreateCollection',
  'getCollections',
  'getCollectionByCrn',
  'listCollections',
  'collection',
];

function traceClient(client: unknown): void {
  for (const name of GIVERS) {
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

/** Other stores' clients have a `query` and an `upsert` too. */
function isCollection(value: unknown): boolean {
  return ['query', 'upsert', 'peek', 'modify'].every((name) => typeof memberAt(value, [name]) === 'function');
}

/** The class that has the method: those below it call it. */
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

/** Columns, one row of each for each question that was asked. */
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
