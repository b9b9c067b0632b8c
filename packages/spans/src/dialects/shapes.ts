import type { Read } from '../attributes/attribute-readers.ts';
import type { Attributes, RawSpan } from '../model/raw-span.ts';
import type { Dialect } from './dialect.ts';

/*
 * An optimisation: spans of one instrumentation have the same keys in the same order, and most readers of most dialects
 * look for keys that such spans do not have. The useful readers are therefore determined once for each list of keys (the
 * "shape" of a span, similar to the hidden classes of V8).
 */

/** Spans with more keys, such as flattened conversations, have too many different shapes to cache. */
const MAX_KEYS = 64;
/** Longer keys belong to no dialect. Without this limit, 20,000 hostile keys could fill the memory. */
const MAX_KEY_LENGTH = 256;
/** The cache is cleared above these limits, which also bounds the memory that hostile keys can use. */
const MAX_NODES = 20_000;
const MAX_SHAPES = 500;
/** Number of spans after which a shape is cached, because rare shapes are not worth the work. */
const VISITS = 3;

interface Node {
  readonly next: Map<string, Node>;
  visits: number;
  dialects: readonly Dialect[] | undefined;
}

/** Returns the dialects for a span, reduced to the readers that can find something in a span with these keys. */
export class Shapes {
  readonly #all: readonly Dialect[];
  #root = newNode();
  #nodes = 0;
  #shapes = 0;
  #lastAttributes: Attributes | undefined;
  #last: readonly Dialect[];

  constructor(dialects: readonly Dialect[]) {
    this.#all = dialects;
    this.#last = dialects;
  }

  /** Returns the reduced dialects. The list is the same object for spans of the same shape. */
  of({ attributes }: RawSpan): readonly Dialect[] {
    if (attributes !== this.#lastAttributes) {
      this.#last = this.#find(attributes);
      this.#lastAttributes = attributes;
    }
    return this.#last;
  }

  #find(attributes: Attributes): readonly Dialect[] {
    if (attributes.size > MAX_KEYS) return this.#all;
    let node = this.#root;
    for (const key of attributes.keys()) {
      if (key.length > MAX_KEY_LENGTH) return this.#all;
      node = node.next.get(key) ?? this.#grow(node, key);
    }
    if (node.dialects !== undefined) return node.dialects;
    if (++node.visits < VISITS) return this.#all;
    if (++this.#shapes > MAX_SHAPES) return this.#forget();
    const keys = [...attributes.keys()];
    node.dialects = this.#all.map((dialect) => reduced(dialect, keys));
    return node.dialects;
  }

  #grow(node: Node, key: string): Node {
    if (++this.#nodes > MAX_NODES) this.#forget();
    const grown = newNode();
    node.next.set(key, grown);
    return grown;
  }

  #forget(): readonly Dialect[] {
    this.#root = newNode();
    this.#nodes = 0;
    this.#shapes = 0;
    return this.#all;
  }
}

/** Returns a mapper that uses, for each shape of spans, a mapper created from the reduced dialects. */
export function perShape<Result>(
  shapes: Shapes,
  mapperOf: (dialects: readonly Dialect[]) => (span: RawSpan) => Result,
): (span: RawSpan) => Result {
  const mappers = new WeakMap<readonly Dialect[], (span: RawSpan) => Result>();
  return (span) => {
    const dialects = shapes.of(span);
    let map = mappers.get(dialects);
    if (map === undefined) {
      map = mapperOf(dialects);
      mappers.set(dialects, map);
    }
    return map(span);
  };
}

function newNode(): Node {
  return { next: new Map(), visits: 0, dialects: undefined };
}

/** Removes the readers of a dialect that cannot find anything in a span with these keys. */
function reduced(dialect: Dialect, keys: readonly string[]): Dialect {
  const answers = (read: Read<unknown> | undefined) =>
    read !== undefined && (read.needs === undefined || keys.some(read.needs));
  const kept = <Readers extends object>(readers: Readers): Readers =>
    Object.fromEntries(
      Object.entries(readers as Readonly<Record<string, Read<unknown>>>).filter(([, read]) => answers(read)),
    ) as Readers;
  const { kind, impliedKind, status, cost, usage, ...rest } = dialect;
  const tokens = kept(usage?.tokens ?? {});
  const details = kept(usage?.details ?? {});
  const totalTokens = usage?.totalTokens;
  const anyUsage = [...Object.keys(tokens), ...Object.keys(details)].length > 0 || answers(totalTokens);
  return {
    ...rest,
    facts: kept(dialect.facts ?? {}),
    content: kept(dialect.content ?? {}),
    ...(kind && answers(kind) && { kind }),
    ...(impliedKind && answers(impliedKind) && { impliedKind }),
    ...(status && answers(status) && { status }),
    ...(cost && answers(cost) && { cost }),
    ...(usage &&
      anyUsage && {
        usage: {
          cachedTokens: usage.cachedTokens,
          tokens,
          details,
          ...(totalTokens && answers(totalTokens) && { totalTokens }),
        },
      }),
  };
}
