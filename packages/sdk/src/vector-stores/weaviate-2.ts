import { list, number, present, record, text } from '../providers/json.ts';
import type { Exports, Integration } from '../register/integration.ts';
import { memberAt, wrapMethod } from '../register/patch.ts';
import { type Found, lengthOf, type Search, traceSearch } from './trace-search.ts';

/** Weaviate, `weaviate-ts-client`: the client before `weaviate-client`, which searches by GraphQL. */
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

/** What a builder was told: the first argument of each `with…`. */
type Told = Map<string, unknown>;
const TOLD = [
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
      listen(getter);
      return getter;
    };
  });
}

function listen(getter: unknown): void {
  const told: Told = new Map();
  for (const name of TOLD)
    wrapMethod(getter, name, `weaviate ${name}`, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        told.set(name, args[0]);
        return Reflect.apply(original, this, args);
      };
    });
  traceSearch(getter, 'do', 'weaviate graphql', () => search(told));
}

function search(told: Told): Search {
  const className = text(told.get('withClassName'));
  const near = record(told.get('withNearText'));
  const hybrid = record(told.get('withHybrid'));
  const words = list(near.concepts).filter((item) => typeof item === 'string');
  return {
    system: 'weaviate',
    operation: 'Get',
    collection: className,
    topK: number(told.get('withLimit')),
    query:
      words.length > 0 ? words.join('\n') : (text(hybrid.query) ?? text(record(told.get('withBm25')).query)),
    dimensions: lengthOf(record(told.get('withNearVector')).vector ?? hybrid.vector),
    filter: told.get('withWhere'),
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
