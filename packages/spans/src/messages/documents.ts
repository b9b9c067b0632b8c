import { isRecord, nonEmpty } from '../attributes/attribute-readers.ts';
import { parsedOrText } from '../attributes/parse-json.ts';
import type { Document } from '../model/content.ts';
import { plainText } from './tool-parts.ts';

type Json = Readonly<Record<string, unknown>>;

/** Maximum number of documents of a search. */
const MAX_DOCUMENTS = 1000;
/** Keys under which retrievers return a list of documents. */
const LISTS = [
  'documents',
  'results',
  'matches',
  'hits',
  'docs',
  'nodes',
  'source_nodes',
  'retrieved_documents',
  'outputs',
  'output',
  'points',
];
const MAX_DEPTH = 3;

/** Finds the documents in the output of a retriever: a list of documents or texts, also under a key. */
export function documentsOf(output: unknown, depth = 0): readonly Document[] | undefined {
  if (Array.isArray(output)) {
    // Chroma and batch APIs return a list for each query.
    const list = output.length > 0 && output.every(Array.isArray) ? output.flat() : output;
    return nonEmpty(list.slice(0, MAX_DOCUMENTS).map(documentFrom));
  }
  if (!isRecord(output) || depth >= MAX_DEPTH) return undefined;
  for (const key of LISTS) {
    const found = documentsOf(output[key], depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Converts a document of any framework. A value that is no document becomes its content. */
export function documentFrom(value: unknown): Document {
  const given = typeof value === 'string' ? parsedOrText(value) : value;
  if (!isRecord(given)) return { content: typeof given === 'string' ? given : JSON.stringify(given) };
  // LlamaIndex: {node, score}. LangChain: {lc, kwargs}, [document, score].
  const inner = [given.node, given.document, given.kwargs].find(isRecord) ?? given;
  const metadata = inner.metadata ?? inner.meta ?? inner.payload ?? given.metadata;
  const id = given.id ?? inner.id ?? inner.id_ ?? inner._id ?? given.key;
  const content =
    contentOf(inner) ?? contentOf(given) ?? (isRecord(metadata) ? contentOf(metadata) : undefined);
  const score =
    given.score ?? inner.score ?? given.relevance_score ?? given.relevanceScore ?? given.similarity;
  return {
    ...(typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}),
    ...(content === undefined ? {} : { content }),
    ...(typeof score === 'number' ? { score } : {}),
    ...(metadata === undefined || metadata === null ? {} : { metadata }),
  };
}

function contentOf(item: Json): string | undefined {
  const content =
    item.content ??
    item.text ??
    item.pageContent ??
    item.page_content ??
    item.document ??
    item.chunk ??
    item._source;
  if (content === undefined || content === null) return undefined;
  return plainText(content) ?? JSON.stringify(content);
}
