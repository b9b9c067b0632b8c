import { COUNTED_KINDS, type RawSpan, type SpanFacts } from '@throughline/spans';

/** A span whose usage counts so far. */
interface Call {
  readonly tokens: string;
  /** Where its row says that it counts. */
  readonly countedAt: number;
}

/**
 * Which spans of a request count towards their traces: calls of models, each once. Two instrumentations that describe
 * one call (an SDK's own span below the one of a wrapper around it) send a parent and a child of the same usage; then
 * the parent counts.
 *
 * It is decided within a request. A child ends before its parent, and exporters send in the order of ending, so the
 * two are apart only where a batch is cut between them.
 */
export class CountedCalls {
  readonly #bySpan = new Map<string, Call>();
  /** Of spans that are not here yet. */
  readonly #byParent = new Map<string, Call[]>();
  readonly #uncount: (countedAt: number) => void;

  /** `uncount` makes a row that is written already not count. */
  constructor(uncount: (countedAt: number) => void) {
    this.#uncount = uncount;
  }

  /** Whether the span counts, as far as the spans before it tell. */
  counts({ traceId, parentSpanId }: RawSpan, { kind, usage }: SpanFacts): boolean {
    if (!COUNTED_KINDS.has(kind)) return false;
    const tokens = tokensOf(usage);
    if (parentSpanId === '' || tokens === undefined) return true;
    return this.#bySpan.get(`${traceId}/${parentSpanId}`)?.tokens !== tokens;
  }

  /** Remembers a span that counts. */
  add({ traceId, spanId, parentSpanId }: RawSpan, { usage }: SpanFacts, countedAt: number): void {
    const tokens = tokensOf(usage);
    if (tokens === undefined) return;
    const call: Call = { tokens, countedAt };
    const key = `${traceId}/${spanId}`;
    this.#bySpan.set(key, call);
    for (const child of this.#byParent.get(key) ?? []) {
      if (child.tokens === tokens) this.#uncount(child.countedAt);
    }
    this.#byParent.delete(key);
    if (parentSpanId === '') return;
    const parentKey = `${traceId}/${parentSpanId}`;
    const siblings = this.#byParent.get(parentKey);
    if (siblings) siblings.push(call);
    else this.#byParent.set(parentKey, [call]);
  }
}

function tokensOf(usage: SpanFacts['usage']): string | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return `${usage.inputTokens}+${usage.outputTokens}`;
}
