import type { Document } from '@throughline/spans';
import { currentClient } from '../core/client.ts';
import { swallow } from '../core/report.ts';
import { wrapMethod } from '../register/patch.ts';
import { rememberDocuments } from '../span/documents.ts';
import { isAbort } from '../span/is-abort.ts';
import { type Span, startSpan } from '../span/span.ts';
import { follow } from '../stream/follow.ts';
import { onceHooks, type ResultHooks } from '../stream/hooks.ts';

/** One search of a vector store, as far as the call says. Vectors themselves are never recorded, only their length. */
export interface Search {
  /** `db.system.name`. */
  readonly system: string;
  /** `db.operation.name`, in the store's own word. */
  readonly operation: string;
  readonly collection?: string | undefined;
  readonly namespace?: string | undefined;
  /** `cosine`, `l2`, `inner_product`, `l1`. */
  readonly metric?: string | undefined;
  /** What was asked in words, where the store embeds it. */
  readonly query?: string | undefined;
  readonly topK?: number | undefined;
  readonly dimensions?: number | undefined;
  /** Content: what narrowed the search, or its text. */
  readonly filter?: unknown;
  /** What was found, best first. */
  readonly found: (result: unknown) => Found;
}

export interface Found {
  readonly documents: readonly Document[];
  /** The store's own objects, in the same order: `markUsed` knows them by identity. */
  readonly originals: readonly unknown[];
}

/** Traces a method that searches; `read` gives undefined for calls that do not. */
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

/** Length of a vector: numbers, or a view of them. Sparse vectors and others have none. */
export function lengthOf(vector: unknown): number | undefined {
  if (ArrayBuffer.isView(vector)) return (vector as Float32Array).length;
  return Array.isArray(vector) && typeof vector[0] === 'number' ? vector.length : undefined;
}
