import { narrowed, type Read, type Shape } from '../attributes/attribute-readers.ts';
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
  of({ attributes, scope }: RawSpan): readonly Dialect[] {
    if (attributes !== this.#lastAttributes) {
      this.#last = this.#find(attributes, scope.name);
      this.#lastAttributes = attributes;
    }
    return this.#last;
  }

  #find(attributes: Attributes, scope: string): readonly Dialect[] {
    if (attributes.size > MAX_KEYS || scope.length > MAX_KEY_LENGTH) return this.#all;
    let node = this.#root.next.get(scope) ?? this.#grow(this.#root, scope);
    for (const key of attributes.keys()) {
      if (key.length > MAX_KEY_LENGTH) return this.#all;
      node = node.next.get(key) ?? this.#grow(node, key);
    }
    if (node.dialects !== undefined) return node.dialects;
    if (++node.visits < VISITS) return this.#all;
    if (++this.#shapes > MAX_SHAPES) return this.#forget();
    const shape: Shape = { scope, keys: new Set(attributes.keys()) };
    node.dialects = this.#all.map((dialect) => reduced(dialect, shape)).filter(answersAnything);
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

/** Removes the readers of a dialect that cannot find anything in spans of a shape, and specialises the others. */
function reduced(dialect: Dialect, shape: Shape): Dialect {
  const kept = <Readers extends object>(readers: Readers): Readers =>
    Object.fromEntries(
      Object.entries(readers as Readonly<Record<string, Read<unknown>>>).flatMap(([field, read]) => {
        const faster = narrowed(read, shape);
        return faster === undefined ? [] : [[field, faster]];
      }),
    ) as Readers;
  const { kind, impliedKind, status, cost, usage, ...rest } = dialect;
  const own = kept({
    ...(kind && { kind }),
    ...(impliedKind && { impliedKind }),
    ...(status && { status }),
    ...(cost && { cost }),
  });
  return {
    ...rest,
    ...own,
    facts: kept(dialect.facts ?? {}),
    content: kept(dialect.content ?? {}),
    ...reducedUsage(usage, kept),
  };
}

function reducedUsage(
  usage: Dialect['usage'],
  kept: <Readers extends object>(readers: Readers) => Readers,
): Pick<Dialect, 'usage'> {
  if (usage === undefined) return {};
  const tokens = kept(usage.tokens);
  const details = kept(usage.details ?? {});
  const total = kept(usage.totalTokens === undefined ? {} : { totalTokens: usage.totalTokens });
  if ([tokens, details, total].every((readers) => Object.keys(readers).length === 0)) return {};
  return { usage: { cachedTokens: usage.cachedTokens, tokens, details, ...total } };
}

/** Whether a reduced dialect has any reader left. */
function answersAnything({
  kind,
  impliedKind,
  status,
  cost,
  usage,
  facts = {},
  content = {},
}: Dialect): boolean {
  if (kind ?? impliedKind ?? status ?? cost ?? usage) return true;
  return Object.keys(facts).length + Object.keys(content).length > 0;
}
