import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type Json, list, number, present, record, text } from '../core/json.ts';
import type { Exports, Integration } from '../patch/integration.ts';
import { memberAt, withExport, withReplacedCall, wrapMethod } from '../patch/patch.ts';
import { follow } from '../stream/follow.ts';
import type { AnyFunction } from '../stream/hooks.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

const CONNECTORS = [
  'connectToCustom',
  'connectToLocal',
  'connectToWeaviateCloud',
  'connectToWCD',
  'connectToWCS',
];
const SEARCHES = [
  'nearVector',
  'nearText',
  'nearObject',
  'nearImage',
  'nearMedia',
  'hybrid',
  'bm25',
  'fetchObjects',
];

/** The package `weaviate-client`. Its classes are not exported, so clients are instrumented when they are created. */
export const weaviate: Integration = {
  name: 'weaviate',
  package: 'weaviate-client',
  supported: '>=3.0.0 <4.0.0',
  kind: 'store',
  patch: (exports) => {
    let patched: Exports = exports;
    for (const name of CONNECTORS) {
      const original = exports[name];
      if (typeof original !== 'function') continue;
      patched = withExport(
        patched,
        name,
        withReplacedCall(original as AnyFunction, connectAndTrace(original as AnyFunction)),
      );
      wrapMethod(exports.default, name, `weaviate ${name}`, connectAndTrace);
    }
    return patched;
  },
  client: {
    recognises: (value) => typeof memberAt(value, ['collections', 'use']) === 'function',
    instrument: traceClient,
  },
};

function connectAndTrace(original: AnyFunction) {
  return function (this: unknown, ...args: unknown[]): unknown {
    return follow(Reflect.apply(original, this, args), {
      context: ROOT_CONTEXT,
      chunk: () => {},
      done: traceClient,
      failed: () => {},
      cancelled: () => {},
    });
  };
}

function traceClient(client: unknown): void {
  const collections = memberAt(client, ['collections']);
  for (const name of ['use', 'get'])
    wrapMethod(collections, name, `weaviate collections.${name}`, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const collection = Reflect.apply(original, this, args);
        traceQueries(memberAt(collection, ['query']));
        return collection;
      };
    });
}

/** Wraps the methods on the prototype, which all collections share, including those for tenants. */
function traceQueries(query: unknown): void {
  if (typeof query !== 'object' || query === null) return;
  const prototype = Object.getPrototypeOf(query);
  const target = Object.hasOwn(prototype, 'nearVector') ? prototype : query;
  for (const operation of SEARCHES)
    traceSearch(target, operation, `weaviate ${operation}`, (self, args) => search(self, operation, args));
}

function search(self: unknown, operation: string, args: readonly unknown[]): Search {
  const isFetch = operation === 'fetchObjects';
  const target = isFetch ? undefined : args[0];
  const options = record(args[isFetch ? 0 : 1]);
  const words =
    typeof target === 'string' ? [target] : list(target).filter((item) => typeof item === 'string');
  const isText = ['nearText', 'hybrid', 'bm25'].includes(operation);
  return {
    system: 'weaviate',
    operation,
    collection: text(memberAt(self, ['check', 'name'])),
    namespace: text(memberAt(self, ['check', 'tenant'])),
    topK: number(options.limit),
    query: isText && words.length > 0 ? words.join('\n') : undefined,
    dimensions: lengthOf(operation === 'nearVector' ? target : options.vector),
    found,
  };
}

function found(result: unknown): Found {
  const { objects } = record(result);
  const originals = list(objects);
  return { documents: originals.map(record).map(toDocument), originals };
}

function toDocument({ uuid, properties, metadata }: Json) {
  const fields = record(properties);
  const about = record(metadata);
  const distance = number(about.distance);
  const rest = { ...fields, ...(distance === undefined ? {} : { distance }) };
  return present({
    id: text(uuid),
    content: text(fields.text) ?? text(fields.content) ?? text(fields.body) ?? text(fields.chunk),
    score: number(about.score) ?? number(about.certainty),
    metadata: Object.keys(rest).length === 0 ? undefined : rest,
  });
}
