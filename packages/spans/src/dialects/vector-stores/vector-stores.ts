import {
  asJson,
  asNumber,
  asText,
  count,
  needing,
  nonEmpty,
  text,
} from '../../attributes/attribute-readers.ts';
import type { Document } from '../../model/content.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { Attributes, RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';

const SYSTEM_KEYS = ['db.system', 'db.system.name'];
/** Databases whose only purpose is the search for vectors. */
const STORES =
  /^(?:chroma(?:db)?|pinecone|qdrant|milvus|zilliz|weaviate|marqo|lance(?:db)?|pgvector|astra(?:db)?|turbopuffer|vespa|vald|deeplake|faiss)$/i;
/** Operations that search. Others write, delete or administer. */
const SEARCHES = /quer(?:y|ies)|search|retriev|recommend|discover|near|similar|^get$|fetch|scroll/i;
const RESULT_EVENTS = new Set(['db.query.result', 'db.search.result']);

const SYSTEM = text(...SYSTEM_KEYS);
const OPERATION = text('db.operation.name', 'db.operation');
const TOP_K = count(
  'db.vector.query.top_k',
  'db.chroma.query.n_results',
  'pinecone.query.top_k',
  'db.pinecone.query.top_k',
  'db.milvus.search.limit',
  'db.milvus.query.limit',
  'qdrant.search.limit',
  'qdrant.query.limit',
  'db.qdrant.search.limit',
  'db.marqo.search.limit',
  'db.n_results',
);

/*
 * Vector stores: OpenLLMetry's instrumentations, which record the results as span events, and OpenLIT's.
 * Source: openllmetry 0.62.1 `semconv_ai/__init__.py` (`Events`, `EventAttributes`), instrumentations of Chroma, Pinecone,
 * Qdrant, Milvus, Weaviate, Marqo; openlit 1.3x `semcov/__init__.py`.
 */
export const vectorStores: Dialect = {
  name: 'vector-stores',
  title: 'Vector stores',
  describes:
    'searches in Chroma, Pinecone, Qdrant, Milvus and others, as OpenLLMetry and OpenLIT record them',

  kind: needing(SYSTEM_KEYS, kind),
  facts: { documentCount: needing(SYSTEM_KEYS, (span) => resultsOf(span)?.length) },
  content: {
    query: needing(SYSTEM_KEYS, (span) => (kind(span) === 'retriever' ? QUERY(span) : undefined)),
    topK: TOP_K,
    documents: needing(SYSTEM_KEYS, (span) => {
      const results = resultsOf(span);
      return results && nonEmpty(results.map(documentOf));
    }),
  },
  inputText: { keys: ['db.query.text', 'db.statement'] },
};

const QUERY = text('db.query.text', 'db.statement', 'db.vector.query.text');

/** OpenLIT calls every operation of a store `vectordb`, so operations that write need the explicit kind `span`. */
function kind(span: RawSpan): SpanKind | undefined {
  const system = SYSTEM(span);
  const isOpenlit = span.attributes.get('gen_ai.operation.name') === 'vectordb';
  if (!isOpenlit && (system === undefined || !STORES.test(system))) return undefined;
  const operation = OPERATION(span) ?? span.name;
  if (SEARCHES.test(operation) || resultsOf(span) !== undefined) return 'retriever';
  return isOpenlit ? 'span' : undefined;
}

/** Maximum number of documents of a search. */
const MAX_RESULTS = 1000;

function resultsOf({ events }: RawSpan): readonly Attributes[] | undefined {
  if (events.length === 0) return undefined;
  const results = events.filter(({ name }) => RESULT_EVENTS.has(name)).slice(0, MAX_RESULTS);
  return nonEmpty(results.map(({ attributes }) => attributes));
}

/** A distance is smaller for better documents, so that it is no score. */
function documentOf(result: Attributes): Document {
  const at = (name: string) =>
    result.get(`db.query.result.${name}`) ?? result.get(`db.search.result.${name}`);
  const read = (name: string) => asText(at(name) ?? null);
  const score = asNumber(at('score') ?? null);
  const distance = asNumber(at('distance') ?? null);
  const given = asJson(at('metadata') ?? at('entity') ?? null);
  const metadata =
    typeof given === 'object' && given !== null && Object.keys(given).length === 0 ? undefined : given;
  const content = read('document');
  const id = read('id');
  const more =
    distance === undefined ? metadata : { ...(typeof metadata === 'object' ? metadata : {}), distance };
  return {
    ...(id === undefined ? {} : { id }),
    ...(content === undefined ? {} : { content }),
    ...(score === undefined ? {} : { score }),
    ...(more === undefined ? {} : { metadata: more }),
  };
}
