import {
  type AttributeClass,
  type Attributes,
  type AttributeValue,
  BoundedCache,
  classifyAttribute,
  DoubleValue,
} from '@throughline/spans';

/** The attributes of a span, each in exactly one of `input`, `output` and `rest`. `short` repeats some for filters. */
export interface SplitAttributes {
  /** Text attributes of the input, as alternating keys and values. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly rest: Attributes;
  /** The first short scalar attributes that are neither input nor output, as text, as alternating keys and values. */
  readonly short: readonly string[];
}

/** Maximum length of values for filters. Longer values are only in the payload. */
export const MAX_SHORT_LENGTH = 256;
/** Maximum number of attributes for filters: half of the 128 at which SDKs stop, to limit the size of hostile spans. */
export const MAX_SHORT_ATTRIBUTES = 64;

const CACHE_BYTES = 2 << 20;

/** Caches the class of each key, because most spans have the same few keys. */
export class AttributeSplitter {
  readonly #classes = new BoundedCache<AttributeClass>({ maxBytes: CACHE_BYTES });

  split(attributes: Attributes): SplitAttributes {
    const input: string[] = [];
    const output: string[] = [];
    const short: string[] = [];
    const rest = new Map<string, AttributeValue>();
    for (const [key, value] of attributes) {
      const kind = this.#classify(key);
      if (kind !== 'other' && typeof value === 'string') {
        (kind === 'input' ? input : output).push(key, value);
        continue;
      }
      rest.set(key, value);
      if (kind !== 'other' || short.length >= 2 * MAX_SHORT_ATTRIBUTES || key.length > MAX_SHORT_LENGTH)
        continue;
      const text = scalarText(value);
      if (text !== undefined && text.length <= MAX_SHORT_LENGTH) short.push(key, text);
    }
    return { input, output, rest, short };
  }

  #classify(key: string): AttributeClass {
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const kind = classifyAttribute(key);
    this.#classes.set(key, kind);
    return kind;
  }
}

/** A scalar as written in a filter: `true`, `3`, `0.5`. Undefined for other values. */
function scalarText(value: AttributeValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return value instanceof DoubleValue ? String(value.value) : undefined;
}
