import { compileRedactor, type Redactor, type Rule, type RuleCount } from '@throughline/privacy';
import {
  type Attributes,
  type AttributeValue,
  BoundedCache,
  DoubleValue,
  isIdentifierKey,
  type RawResource,
  type RawScope,
  USED_DOCUMENTS_ATTRIBUTE,
  valueToJson,
} from '@throughline/spans';

/** Counts, prices and times are not private, even if they look like card or phone numbers. */
const KEPT_NUMBERS = /token|usage|cost|count|duration|time|latency|seed|dimension/i;
const CACHE_BYTES = 4 << 20;

/**
 * Redacts the parts of spans, log records and metrics, and counts the replacements. Parts without findings are returned
 * unchanged. The structure never changes: attributes keep their order and lists their length. Identifiers that the
 * dialects declare are not redacted.
 */
export class AttributeRedactor {
  readonly #redact: Redactor;
  readonly #counts = new Map<string, number>();
  readonly #keys = new BoundedCache<{ readonly text: string; readonly isSecret: boolean }>({
    maxBytes: CACHE_BYTES,
  });
  /** Cached because many records share a resource and a scope. */
  readonly #resources = new WeakMap<RawResource, RawResource>();
  readonly #scopes = new WeakMap<RawScope, RawScope>();

  constructor(rules: readonly Rule[]) {
    this.#redact = compileRedactor(rules);
  }

  /** Returns the number of replacements by each rule since the last call. */
  takeCounts(): Readonly<Record<string, number>> {
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    return counts;
  }

  text(text: string, key = ''): string {
    if (text === '') return text;
    const { value, counts } = this.#redact(text, { key });
    this.#add(counts);
    return value;
  }

  attributes(attributes: Attributes): Attributes {
    let isChanged = false;
    const redacted = new Map<string, AttributeValue>();
    for (const [key, value] of attributes) {
      const { text } = this.#key(key);
      const newValue = this.value(value, key);
      isChanged ||= newValue !== value || text !== key;
      redacted.set(text === key ? key : freeKey(text, attributes, redacted), newValue);
    }
    return isChanged ? redacted : attributes;
  }

  value(value: AttributeValue, key: string): AttributeValue {
    switch (typeof value) {
      case 'string':
        if (isIdentifierKey(key)) return value;
        return key === USED_DOCUMENTS_ATTRIBUTE ? this.#usedDocuments(value) : this.text(value, key);
      case 'boolean':
        return value;
      case 'number':
      case 'bigint':
        return this.#number(value, String(value), key);
    }
    if (value === null || value instanceof Uint8Array) return value;
    if (value instanceof DoubleValue) return this.#number(value, String(value.value), key);
    if (this.#key(key).isSecret) return this.#secret(value, key);
    if (value instanceof Map) return this.attributes(value);
    const list = value as readonly AttributeValue[];
    const redacted = list.map((item) => this.value(item, key));
    return redacted.every((item, index) => item === list[index]) ? list : redacted;
  }

  resource(resource: RawResource): RawResource {
    let redacted = this.#resources.get(resource);
    if (!redacted) {
      redacted = {
        ...resource,
        attributes: this.attributes(resource.attributes),
        schemaUrl: this.text(resource.schemaUrl),
      };
      this.#resources.set(resource, redacted);
    }
    return redacted;
  }

  scope(scope: RawScope): RawScope {
    let redacted = this.#scopes.get(scope);
    if (!redacted) {
      redacted = {
        ...scope,
        name: this.text(scope.name),
        version: this.text(scope.version, 'version'),
        attributes: this.attributes(scope.attributes),
        schemaUrl: this.text(scope.schemaUrl),
      };
      this.#scopes.set(scope, redacted);
    }
    return redacted;
  }

  /** Redacts `[{"spanId":"…","index":0},{"id":"…"}]` except the span ids, which are needed to find the documents. */
  #usedDocuments(json: string): string {
    const parts = json.split(/("spanId"\s*:\s*"[0-9a-f]{16}")/i);
    return parts.map((part, index) => (index % 2 === 1 ? part : this.text(part))).join('');
  }

  /** Numbers of less than seven digits are not private. */
  #number(value: AttributeValue, text: string, key: string): AttributeValue {
    const isSecret = this.#key(key).isSecret;
    if (isIdentifierKey(key) || (!isSecret && (text.length < 7 || KEPT_NUMBERS.test(key)))) return value;
    const redacted = this.text(text, key);
    return redacted === text ? value : redacted;
  }

  /** Replaces a whole list or object with a key such as `authorization`, unless it is a schema. */
  #secret(value: AttributeValue, key: string): AttributeValue {
    const { value: redacted, counts } = this.#redact(valueToJson(value), { key });
    if (typeof redacted !== 'string') return value instanceof Map ? this.attributes(value) : value;
    this.#add(counts);
    return redacted;
  }

  #add(counts: readonly RuleCount[]): void {
    for (const { ruleId, count } of counts) this.#counts.set(ruleId, (this.#counts.get(ruleId) ?? 0) + count);
  }

  #key(key: string): { readonly text: string; readonly isSecret: boolean } {
    let known = this.#keys.get(key);
    if (known === undefined) {
      known = { text: this.text(key), isSecret: this.#redact('x', { key }).counts.length > 0 };
      this.#keys.set(key, known, known.text === key ? 0 : 2 * known.text.length);
    }
    return known;
  }
}

/** Redacted keys can become equal, so further ones get a number. */
function freeKey(key: string, ...taken: readonly Attributes[]): string {
  let free = key;
  for (let number = 1; taken.some((attributes) => attributes.has(free)); number++) free = `${key} ${number}`;
  return free;
}
