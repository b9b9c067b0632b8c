import type { Attributes, AttributeValue } from '../model/raw-span.ts';

/** Maximum number of items. Senders choose the index in a key, so it must never determine a size. */
const MAX_ITEMS = 10_000;
/** Maximum number of digits in an index. A longer one would not be exact as a number. */
const MAX_DIGITS = 15;

/**
 * Reads a list that was flattened into keys. For example, with the prefix `llm.input_messages.`, the keys
 * `llm.input_messages.7.message.role` and `llm.input_messages.2.message.role` become two items with the key
 * `message.role`, the item with index 2 first. An item that is a plain value (`tags.0`) gets the key ''. Gaps are closed,
 * and at most 10,000 items are read.
 */
export function listAt(attributes: Attributes, prefix: string): Attributes[] {
  // Created on demand, because most spans and messages do not contain the list.
  let items: Map<number, Map<string, AttributeValue>> | undefined;
  for (const key of attributes.keys()) {
    if (!key.startsWith(prefix)) continue;
    const end = endOfIndex(key, prefix.length);
    if (end < 0) continue;
    const value = attributes.get(key) as AttributeValue;
    const index = Number(key.slice(prefix.length, end));
    items ??= new Map();
    let item = items.get(index);
    if (item === undefined) {
      if (items.size >= MAX_ITEMS) continue;
      item = new Map();
      items.set(index, item);
    }
    item.set(key.slice(end + 1), value);
  }
  if (items === undefined) return [];
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}

/** Returns the number of items that {@link listAt} returns. Undefined if there are none. */
export function countAt(attributes: Attributes, prefix: string): number | undefined {
  let indexes: Set<string> | undefined;
  for (const key of attributes.keys()) {
    if (!key.startsWith(prefix)) continue;
    const end = endOfIndex(key, prefix.length);
    if (end < 0) continue;
    indexes ??= new Set();
    if (indexes.size < MAX_ITEMS) indexes.add(key.slice(prefix.length, end));
  }
  return indexes?.size;
}

/** Returns the end of the digits that start at `from`, or −1 if they are not an index followed by a dot or the end. */
function endOfIndex(key: string, from: number): number {
  let at = from;
  while (at < key.length && at - from <= MAX_DIGITS) {
    const code = key.charCodeAt(at);
    if (code < 0x30 || code > 0x39) break;
    at++;
  }
  const digits = at - from;
  if (digits === 0 || digits > MAX_DIGITS) return -1;
  return at === key.length || key[at] === '.' ? at : -1;
}
