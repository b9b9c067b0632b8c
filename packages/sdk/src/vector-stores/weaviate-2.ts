import { list, number, present, record, text } from '../core/json.ts';
import type { Exports, Integration } from '../patch/integration.ts';
import { memberAt, wrapMethod } from '../patch/patch.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

/** The package `weaviate-ts-client`, the predecessor of `weaviate-client`. It searches with GraphQL. */
export const weaviate2: Integration = {
  name: 'weaviate-ts-client',
  package: 'weaviate-ts-client',
  supported: '>=2.0.0 <3.0.0',
  kind: 'store',
  patch: (exports: Exports) => {
    for (const holder of [exports.default, memberAt(exports.default, ['default'])])
      wrapMethod(holder, 'client', 'weaviate client', (original) => {
        return function (this: unknown, ...args: unknown[]): unknown {
          const client = Reflect.apply(original, this, args);
          traceClient(client);
          return client;
        };
      });
    return undefined;
  },
  client: {
    recognises: (value) => typeof memberAt(value, ['graphql', 'get']) === 'function',
    instrument: traceClient,
  },
};

/** The first argument of each `with…` call on a query builder. */
type BuilderArguments = Map<string, unknown>;
const BUILDER_METHODS = [
  'withClassName',
  'withLimit',
  'withNearVector',
  'withNearText',
  'withBm25',
  'withHybrid',
  'withWhere',
];

function traceClient(client: unknown): void {
  wrapMethod(memberAt(client, ['graphql']), 'get', 'weaviate graphql.get', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const getter = Reflect.apply(original, this, args);
      traceBuilder(getter);
      return getter;
    };
  });
}

function traceBuilder(getter: unknown): void {
  const given: BuilderArguments = new Map();
  for (const name of BUILDER_METHODS)
    wrapMethod(getter, name, `weaviate ${name}`, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        given.set(name, args[0]);
        return Reflect.apply(original, this, args);
      };
    });
  traceSearch(getter, 'do', 'weaviate graphql', () => search(given));
}

function search(given: BuilderArguments): Search {
  const className = text(given.get('withClassName'));
  const near = record(given.get('withNearText'));
  const hybrid = record(given.get('withHybrid'));
  const words = list(near.concepts).filter((item) => typeof item === 'string');
  return {
    system: 'weaviate',
    operation: 'Get',
    collection: className,
    topK: number(given.get('withLimit')),
    query:
      words.length > 0 ? words.join('\n') : (text(hybrid.query) ?? text(record(given.get('withBm25')).query)),
    dimensions: lengthOf(record(given.get('withNearVector')).vector ?? hybrid.vector),
    filter: given.get('withWhere'),
    found: (result) => found(result, className ?? ''),
  };
}

function found(result: unknown, className: string): Found {
  const originals = list(record(record(record(result).data).Get)[className]);
  const documents = originals.map(record).map(({ _additional, ...fields }) => {
    const about = record(_additional);
    const distance = number(about.distance);
    return present({
      id: text(about.id),
      content: text(fields.text) ?? text(fields.content) ?? text(fields.body),
      score: number(about.certainty) ?? number(Number(about.score ?? Number.NaN)),
      metadata: { ...fields, ...(distance === undefined ? {} : { distance }) },
    });
  });
  return { documents, originals };
}
