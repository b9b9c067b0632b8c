import type { Document, DocumentMark } from '@throughline/spans';

/** The span and position at which a document was retrieved, so that `markUsed` can refer to it later. */
interface Found {
  readonly spanId: string;
  readonly index: number;
}

const foundAt = new WeakMap<object, Found>();
/** Maximum number of documents per result and of marks per span. */
export const MAX_DOCUMENTS = 1_000;

/** Remembers which span returned these documents, by object identity. Weak references keep nothing alive. */
export function rememberDocuments(result: unknown, spanId: string): void {
  const list = documentList(result);
  if (list === undefined) return;
  for (const [index, document] of list.slice(0, MAX_DOCUMENTS).entries()) {
    if (typeof document === 'object' && document !== null) foundAt.set(document, { spanId, index });
  }
}

/** Returns a reference for each used document. Skips documents without an id that no traced retriever returned. */
export function documentMarks(documents: readonly unknown[]): DocumentMark[] {
  return documents.slice(0, MAX_DOCUMENTS).flatMap((document) => {
    const found = typeof document === 'object' && document !== null ? foundAt.get(document) : undefined;
    const id = typeof document === 'string' ? document : normalDocument(document).id;
    if (found === undefined && id === undefined) return [];
    return [{ ...found, ...(id === undefined ? {} : { id }) }];
  });
}

const LIST_KEYS = ['documents', 'matches', 'results', 'hits', 'points', 'nodes', 'rows'] as const;

/** Finds the documents in a retriever's result: the result itself, or a list under one of the usual keys. */
export function documentList(result: unknown): readonly unknown[] | undefined {
  if (Array.isArray(result)) return result;
  if (typeof result !== 'object' || result === null) return undefined;
  for (const key of LIST_KEYS) {
    const list = (result as Record<string, unknown>)[key];
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

/** Converts a retriever's result to the format of `gen_ai.retrieval.documents`. Undefined if it contains no list. */
export function documentsOf(result: unknown): Document[] | undefined {
  return documentList(result)?.slice(0, MAX_DOCUMENTS).map(normalDocument);
}

const ID = ['id', '_id', 'documentId', 'key'] as const;
const CONTENT = ['content', 'pageContent', 'text', 'body', 'chunk', 'document'] as const;
const SCORE = ['score', '_score', 'similarity', 'relevance', 'relevanceScore', 'relevance_score'] as const;
const METADATA = ['metadata', 'payload', 'meta', 'fields'] as const;

/** LangChain, LlamaIndex, vector stores and plain records use different keys for the same fields. */
function normalDocument(document: unknown): Document {
  if (typeof document === 'string') return { content: document };
  if (typeof document !== 'object' || document === null) return { content: String(document) };
  // LangChain's `similaritySearchWithScore` returns pairs of [document, score].
  if (Array.isArray(document) && document.length === 2 && typeof document[1] === 'number')
    return { ...normalDocument(document[0]), score: document[1] };
  const record = document as Record<string, unknown>;
  const id = first(record, ID, (value) => typeof value === 'string' || typeof value === 'number');
  const content = first(record, CONTENT, (value) => typeof value === 'string');
  const score = first(record, SCORE, (value) => typeof value === 'number');
  const metadata = first(record, METADATA, (value) => typeof value === 'object' && value !== null);
  return {
    ...(id === undefined ? {} : { id: String(id) }),
    ...(content === undefined ? {} : { content: content as string }),
    ...(score === undefined ? {} : { score: score as number }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function first(
  record: Record<string, unknown>,
  keys: readonly string[],
  isRight: (value: unknown) => boolean,
): unknown {
  for (const key of keys) {
    const value = record[key];
    if (isRight(value)) return value;
  }
  return undefined;
}
