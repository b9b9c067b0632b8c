import { context } from '@opentelemetry/api';
import type { Document } from '@throughline/spans';
import { currentClient } from '../context/client.ts';
import { list, record, text } from '../core/json.ts';
import type { Integration } from '../patch/integration.ts';
import { memberAt, wrapMethod } from '../patch/patch.ts';
import type { AnyFunction } from '../stream/hooks.ts';
import { beginSearch, type Found, lengthOf, readSafely, runSearch, type Search } from './trace-search.ts';

/*
 * pgvector with the client `pg`. Statements that compare vectors with a distance operator are recorded as searches. All
 * other statements are not traced.
 */
export const pgvector: Integration = {
  name: 'pgvector',
  package: 'pg',
  supported: '>=8.0.0 <9.0.0',
  kind: 'store',
  patch: (exports) => {
    const Client = exports.Client ?? memberAt(exports.default, ['Client']);
    traceQueries(memberAt(Client, ['prototype']));
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['query']) === 'function' &&
      typeof memberAt(value, ['connect']) === 'function' &&
      (memberAt(value, ['totalCount']) !== undefined ||
        memberAt(value, ['connectionParameters']) !== undefined),
    // A pool runs queries with its own clients, so their class is instrumented.
    instrument: (value) => traceQueries(memberAt(value, ['Client', 'prototype']) ?? value),
  },
};

const METRICS: Readonly<Record<string, string>> = {
  '<->': 'l2',
  '<=>': 'cosine',
  '<#>': 'inner_product',
  '<+>': 'l1',
  '<~>': 'hamming',
  '<%>': 'jaccard',
};
const OPERATOR = /<->|<=>|<#>|<\+>|<~>|<%>/;
/** Matches string literals and comments, in which operators have no meaning. */
const LITERAL = /'(?:[^']|'')*'|--[^\n]*/g;
/** Matches the start of a vector in pgvector's format, `[0.1,-2e-3,…]`. The rest may be thousands of numbers. */
const VECTOR_HEAD = /^\[\s*-?[\d.][\d.,eE+\-\s]*\]?$/;
const HEAD_CHARACTERS = 120;
const MAX_STATEMENT = 100_000;

function traceQueries(target: unknown): void {
  wrapMethod(target, 'query', 'pg query', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const search = currentClient() === undefined ? undefined : readSafely(() => searchOf(args));
      if (search === undefined) return Reflect.apply(original, this, args);
      return withCallback(search, args, (all) => Reflect.apply(original, this, all));
    };
  });
}

/** The result is a promise, or it is passed to a callback, which is the second or third argument. */
function withCallback(search: Search, args: unknown[], call: (args: unknown[]) => unknown): unknown {
  const at = args.findIndex((arg) => typeof arg === 'function');
  if (at < 0) return runSearch(search, () => call(args));
  const { span, hooks } = beginSearch(search);
  const callback = args[at] as AnyFunction;
  const observed = (error: unknown, result: unknown, ...rest: unknown[]) => {
    if (error) hooks.failed(error);
    else hooks.done(result);
    return callback(error, result, ...rest);
  };
  const bound = context.bind(context.active(), observed);
  return span.run(() => call([...args.slice(0, at), bound, ...args.slice(at + 1)]));
}

/** Reads a search from the arguments of `query`. Undefined if the statement is not a vector search. */
export function searchOf(args: readonly unknown[]): Search | undefined {
  const [config] = args;
  // Cursors and query streams deliver their results in their own way.
  if (typeof record(config).submit === 'function') return undefined;
  const statement = typeof config === 'string' ? config : text(record(config).text);
  if (statement === undefined || statement.length > MAX_STATEMENT || !OPERATOR.test(statement))
    return undefined;
  const bare = statement.replace(LITERAL, "''");
  const operator = OPERATOR.exec(bare)?.[0];
  if (operator === undefined || !/^\s*(?:select|with)\b/i.test(bare)) return undefined;
  const values = list(Array.isArray(args[1]) ? args[1] : record(config).values);
  const dimensions = dimensionsOf(statement, values);
  // Geometric types and text search use some of the same operators.
  if (dimensions === undefined && !/::\s*(?:half|sparse)?vec(?:tor)?\b|::\s*bit\b/i.test(bare))
    return undefined;
  return {
    system: 'postgresql',
    operation: 'SELECT',
    collection: /\bfrom\s+([\w."]+)/i.exec(bare)?.[1]?.replaceAll('"', ''),
    metric: METRICS[operator],
    dimensions,
    topK: limitOf(bare, values),
    filter: statement.replace(LITERAL, (literal) =>
      vectorLength(literal.slice(1, -1)) !== undefined ? "'[…]'" : literal,
    ),
    found,
  };
}

function dimensionsOf(statement: string, values: readonly unknown[]): number | undefined {
  for (const value of values) {
    const length = typeof value === 'string' ? vectorLength(value) : lengthOf(value);
    if (length !== undefined) return length;
  }
  for (const [literal] of statement.matchAll(LITERAL)) {
    const length = vectorLength(literal.slice(1, -1));
    if (length !== undefined) return length;
  }
  return undefined;
}

function vectorLength(value: string): number | undefined {
  if (!value.startsWith('[') || !value.endsWith(']')) return undefined;
  if (!VECTOR_HEAD.test(value.slice(0, HEAD_CHARACTERS))) return undefined;
  let length = 1;
  for (let at = value.indexOf(','); at >= 0; at = value.indexOf(',', at + 1)) length += 1;
  return length;
}

function limitOf(statement: string, values: readonly unknown[]): number | undefined {
  const [, number, parameter] = /\blimit\s+(?:(\d+)|\$(\d+))/i.exec(statement) ?? [];
  const limit = Number(number ?? (parameter === undefined ? Number.NaN : values[Number(parameter) - 1]));
  return Number.isInteger(limit) ? limit : undefined;
}

function found(result: unknown): Found {
  const { rows } = record(Array.isArray(result) ? result.at(-1) : result);
  return { documents: list(rows).map(toDocument), originals: list(rows) };
}

const CONTENT = ['content', 'text', 'body', 'chunk', 'document', 'page_content'];
const SCORES = ['score', 'similarity', 'relevance'];

/** Converts a row to a document. Columns without a usual name become metadata; vectors are left out. */
function toDocument(row: unknown): Document {
  const { id, ...columns } = record(row);
  const content = CONTENT.find((name) => typeof columns[name] === 'string');
  const score = SCORES.find((name) => Number.isFinite(Number(columns[name] ?? Number.NaN)));
  const metadata = Object.entries(columns).filter(
    ([name, value]) => name !== content && name !== score && !isVector(value),
  );
  return {
    ...(id === undefined || id === null ? {} : { id: String(id) }),
    ...(content === undefined ? {} : { content: columns[content] as string }),
    ...(score === undefined ? {} : { score: Number(columns[score]) }),
    ...(metadata.length === 0 ? {} : { metadata: Object.fromEntries(metadata) }),
  };
}

function isVector(value: unknown): boolean {
  return typeof value === 'string' ? vectorLength(value) !== undefined : lengthOf(value) !== undefined;
}
