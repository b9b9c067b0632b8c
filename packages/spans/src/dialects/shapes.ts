import { narrowed, type Read, type Shape } from '../attributes/attribute-readers.ts';
import type { Attributes, RawSpan } from '../model/raw-span.ts';
import type { Dialect } from './dialect.ts';

/*
 * An optimisation: spans of one instrumentation have the same keys in the same order, and most readers of most dialects
 * look for keys that such spans do not have. The useful readers are therefore determined once for each list of keys (the
 * "shape" of a span, similar to the hidden classes of V8).
 */

/**
 * Maximum number of keys of a shape. In spans with more keys, such as flattened conversations, all indexes count as 0, so
 * that conversations of different lengths have one shape.
 */
const MAX_KEYS = 64;
/** Spans with even more keys use all readers. */
const MAX_WIDE_KEYS = 4096;
/** Keys whose indexes were replaced are remembered, because replacing takes longer than looking up. */
const MAX_PATTERNS = 5000;
const INDEX = /\.\d+(?=\.|$)/g;
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
  readonly #patterns = new Map<string, string>();
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
    if (scope.length > MAX_KEY_LENGTH) return this.#all;
    const names = attributes.size > MAX_KEYS ? this.#patternsOf(attributes) : attributes;
    if (names === undefined) return this.#all;
    let node = this.#root.next.get(scope) ?? this.#grow(this.#root, scope);
    for (const key of names.keys()) {
      if (key.length > MAX_KEY_LENGTH) return this.#all;
      node = node.next.get(key) ?? this.#grow(node, key);
    }
    if (node.dialects !== undefined) return node.dialects;
    if (++node.visits < VISITS) return this.#all;
    if (++this.#shapes > MAX_SHAPES) return this.#forget();
    const shape: Shape = { scope, keys: new Set(names.keys()) };
    node.dialects = this.#all.map((dialect) => reduced(dialect, shape)).filter(answersAnything);
    return node.dialects;
  }

  /** Keys of a wide span, with all indexes as 0. Undefined if there are too many different ones. */
  #patternsOf(attributes: Attributes): ReadonlySet<string> | undefined {
    if (attributes.size > MAX_WIDE_KEYS) return undefined;
    const patterns = new Set<string>();
    for (const key of attributes.keys()) {
      let pattern = this.#patterns.get(key);
      if (pattern === undefined) {
        if (key.length > MAX_KEY_LENGTH) return undefined;
        if (this.#patterns.size >= MAX_PATTERNS) this.#patterns.clear();
        pattern = key.replace(INDEX, '.0');
        this.#patterns.set(key, pattern);
      }
      if (patterns.add(pattern).size > MAX_KEYS) return undefined;
    }
    return patterns;
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
export function perShape<Result, Option = undefined>(
  shapes: Shapes,
  mapperOf: (dialects: readonly Dialect[]) => (span: RawSpan, option?: Option) => Result,
): (span: RawSpan, option?: Option) => Result {
  const mappers = new WeakMap<readonly Dialect[], (span: RawSpan, option?: Option) => Result>();
  return (span, option) => {
    const dialects = shapes.of(span);
    let map = mappers.get(dialects);
    if (map === undefined) {
      map = mapperOf(dialects);
      mappers.set(dialects, map);
    }
    return map(span, option);
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
