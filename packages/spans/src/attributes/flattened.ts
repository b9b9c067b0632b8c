import type { Attributes, AttributeValue } from '../model/raw-span.ts';

/** Longest list that is read; the index in a key is the sender's word, so it never sizes anything. */
const MAX_ITEMS = 10_000;
/** Digits in an index. More would not be exact as a number. */
const MAX_DIGITS = 15;

/**
 * A list that was flattened into keys: of `prefix` `llm.input_messages.` and the keys
 * `llm.input_messages.7.message.role`, `llm.input_messages.2.message.role` come two items with the key
 * `message.role`, the one of index 2 first. An item that is a value of its own (`tags.0`) has the key ''.
 * Gaps are closed; at most 10,000 items are read.
 */
export function listAt(attributes: Attributes, prefix: string): Attributes[] {
  // Most spans and messages have none of the list that is asked for.
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

/** How many items {@link listAt} would give. */
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

/** Where the digits that begin at `from` end, or −1 if there is no index followed by a dot or the end. */
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
