const foundAt = new WeakMap();
const MAX_DOCUMENTS = 1_000;
/** Remembers by identity which span gave these documents; nothing is kept alive. */
export function rememberDocuments(result, spanId) {
    const list = documentList(result);
    if (list === undefined)
        return;
    for (const [index, document] of list.slice(0, MAX_DOCUMENTS).entries()) {
        if (typeof document === 'object' && document !== null)
            foundAt.set(document, { spanId, index });
    }
}
/** How each used document is named on the span that used it. */
export function usedDocuments(documents) {
    return documents.slice(0, MAX_DOCUMENTS).map((document) => {
        const found = typeof document === 'object' && document !== null ? foundAt.get(document) : undefined;
        const id = typeof document === 'string' ? document : normalDocument(document).id;
        return { ...found, ...(id === undefined ? {} : { id }) };
    });
}
const LIST_KEYS = ['documents', 'matches', 'results', 'hits', 'points', 'nodes', 'rows'];
/** The list in what a retriever returned: an array, or an object that holds one under a usual name. */
export function documentList(result) {
    if (Array.isArray(result))
        return result;
    if (typeof result !== 'object' || result === null)
        return undefined;
    for (const key of LIST_KEYS) {
        const list = result[key];
        if (Array.isArray(list))
            return list;
    }
    return undefined;
}
/** What a retriever returned in the shape of `gen_ai.retrieval.documents`; undefined where there is no list. */
export function documentsOf(result) {
    return documentList(result)?.slice(0, MAX_DOCUMENTS).map(normalDocument);
}
const ID = ['id', '_id', 'documentId', 'key'];
const CONTENT = ['content', 'pageContent', 'text', 'body', 'chunk', 'document'];
const SCORE = ['score', '_score', 'similarity', 'relevance', 'relevanceScore', 'relevance_score'];
const METADATA = ['metadata', 'payload', 'meta', 'fields'];
/** LangChain, LlamaIndex, vector stores and plain records call the same things by different names. */
function normalDocument(document) {
    if (typeof document === 'string')
        return { content: document };
    if (typeof document !== 'object' || document === null)
        return { content: String(document) };
    // LangChain's `similaritySearchWithScore` gives [document, score].
    if (Array.isArray(document) && document.length === 2 && typeof document[1] === 'number')
        return { ...normalDocument(document[0]), score: document[1] };
    const record = document;
    const id = first(record, ID, (value) => typeof value === 'string' || typeof value === 'number');
    const content = first(record, CONTENT, (value) => typeof value === 'string');
    const score = first(record, SCORE, (value) => typeof value === 'number');
    const metadata = first(record, METADATA, (value) => typeof value === 'object' && value !== null);
    return {
        ...(id === undefined ? {} : { id: String(id) }),
        ...(content === undefined ? {} : { content: content }),
        ...(score === undefined ? {} : { score: score }),
        ...(metadata === undefined ? {} : { metadata }),
    };
}
function first(record, keys, isRight) {
    for (const key of keys) {
        const value = record[key];
        if (isRight(value))
            return value;
    }
    return undefined;
}
