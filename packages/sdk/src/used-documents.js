import { usedDocuments } from './documents.ts';
import { KEYS } from './semconv.ts';
import { activeSpan } from './span.ts';
/**
 * Marks documents as those that the answer was made from, on the active span (or the one given).
 * Documents are recognised by identity where an observed `retriever` or `reranker` returned them, else by their id;
 * ids as strings will do too.
 *
 * @example const documents = await search(question); markUsed(documents.slice(0, 3));
 */
export function markUsed(documents, span = activeSpan()) {
    if (!span?.isRecording)
        return;
    span.set({ [KEYS.usedDocuments]: { always: () => usedDocuments(documents) } });
}
