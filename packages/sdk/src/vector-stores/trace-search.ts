import type { Document } from '@throughline/spans';
import { currentClient } from '../context/client.ts';
import { swallow } from '../core/report.ts';
import { wrapMethod } from '../patch/patch.ts';
import { rememberDocuments } from '../span/documents.ts';
import { isAbort } from '../span/is-abort.ts';
import type { Span } from '../span/span.ts';
import { startSpan } from '../span/start-span.ts';
import { follow } from '../stream/follow.ts';
import { onceHooks, type ResultHooks } from '../stream/hooks.ts';

/** One search of a vector store. Vectors are never recorded, only their length. */
export interface Search {
  /** Value of `db.system.name`. */
  readonly system: string;
  /** Value of `db.operation.name`, as the store names it. */
  readonly operation: string;
  readonly collection?: string | undefined;
  readonly namespace?: string | undefined;
  /** Distance metric: `cosine`, `l2`, `inner_product`, `l1`, `hamming` or `jaccard`. */
  readonly metric?: string | undefined;
  /** Query text, for stores that embed it themselves. */
  readonly query?: string | undefined;
  readonly topK?: number | undefined;
  readonly dimensions?: number | undefined;
  /** Filter of the search, or the SQL statement. Recorded as content. */
  readonly filter?: unknown;
  /** Reads the documents from the result, best first. */
  readonly found: (result: unknown) => Found;
}

export interface Found {
  readonly documents: readonly Document[];
  /** The store's own objects in the same order, so that `markUsed` recognises them by identity. */
  readonly originals: readonly unknown[];
}

/** Traces a search method. `read` returns undefined for calls that are not searches. */
export function traceSearch(
  target: unknown,
  method: string,
  where: string,
  read: (self: unknown, args: readonly unknown[]) => Search | undefined,
): boolean {
  return wrapMethod(target, method, where, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const search = currentClient() === undefined ? undefined : readSafely(() => read(this, args));
      return search === undefined
        ? Reflect.apply(original, this, args)
        : runSearch(search, () => Reflect.apply(original, this, args));
    };
  });
}

export function runSearch<T>(search: Search, call: () => T): T {
  const { span, hooks } = beginSearch(search);
  try {
    return follow(
      span.run(() => call()),
      hooks,
    );
  } catch (error) {
    hooks.failed(error);
    throw error;
  }
}

export function beginSearch(search: Search): { readonly span: Span; readonly hooks: ResultHooks } {
  const { system, operation, collection, namespace, metric, query, topK, dimensions, filter } = search;
  const span = startSpan([operation, collection].filter((word) => word !== undefined).join(' '), {
    kind: 'retriever',
    otelKind: 'client',
    query,
    topK,
    dimensions,
    input: filter === undefined ? undefined : () => filter,
  });
  span.set({
    'db.system.name': system,
    'db.operation.name': operation,
    'db.collection.name': collection,
    'db.namespace': namespace,
    'db.vector.metric': metric,
  });
  const hooks = onceHooks({
    context: span.context,
    chunk: () => {},
    done: (result) => {
      const { documents, originals } = search.found(result);
      span.set({ 'db.response.returned_rows': documents.length });
      span.update({ documents: () => documents });
      rememberDocuments(originals, span.spanId);
      span.end();
    },
    failed: (error) => {
      if (isAbort(error)) span.recordCancelled();
      else span.recordError(error);
      span.end();
    },
    cancelled: () => span.recordCancelled().end(),
  });
  return { span, hooks };
}

export function readSafely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    swallow('reading a search', error);
    return undefined;
  }
}

/** Length of a vector: an array of numbers or a typed array. Undefined for other values such as sparse vectors. */
export function lengthOf(vector: unknown): number | undefined {
  if (ArrayBuffer.isView(vector)) return (vector as Float32Array).length;
  return Array.isArray(vector) && typeof vector[0] === 'number' ? vector.length : undefined;
}
