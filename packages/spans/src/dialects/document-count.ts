import { asJson, needing, type Read } from '../attributes/attribute-readers.ts';
import { documentsOf } from '../messages/documents.ts';

/** Longer outputs are not parsed for a count. */
const MAX_LENGTH = 1 << 20;

/**
 * Counts the documents in the output of a retriever.
 *
 * @param isRetriever attribute and the value that marks a retriever, which may be encoded as JSON
 */
export function documentCount(
  isRetriever: readonly [key: string, value: string],
  ...outputs: string[]
): Read<number> {
  const [key, value] = isRetriever;
  return needing([key], ({ attributes }) => {
    const kind = attributes.get(key);
    if (typeof kind !== 'string' || kind.toLowerCase().replaceAll('"', '') !== value) return undefined;
    for (const output of outputs) {
      const body = attributes.get(output);
      if (body === undefined || (typeof body === 'string' && body.length > MAX_LENGTH)) continue;
      const found = documentsOf(asJson(body));
      if (found !== undefined) return found.length;
    }
    return undefined;
  });
}
