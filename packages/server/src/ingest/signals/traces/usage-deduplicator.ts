import { COUNTED_KINDS, type RawSpan, type SpanFacts } from '@throughline/spans';

/** A span whose usage counts so far. */
interface Call {
  readonly traceId: string;
  /** Model and tokens. */
  readonly usage: string;
  /** Who described it. */
  readonly scope: string;
  /** Where its row says that it counts. */
  readonly countedAt: number;
}

/**
 * Which spans of a request count towards their traces: calls of models, each once. Two instrumentations that describe
 * one call (an SDK's own span below the one of a wrapper around it) send a parent and a child of different scopes and of
 * the same model and usage; then the parent counts. Within one scope equal numbers are two calls.
 *
 * It is decided within a request. A child ends before its parent, and exporters send in the order of ending, so the
 * two are apart only where a batch is cut between them.
 */
export class UsageDeduplicator {
  /** By the id of the span alone, which is hashed faster than with its trace's: two traces do not share one. */
  readonly #bySpan = new Map<string, Call>();
  /** Of spans that are not here yet. */
  readonly #byParent = new Map<string, Call[]>();
  readonly #uncount: (countedAt: number) => void;

  /** `uncount` makes a row that is written already not count. */
  constructor(uncount: (countedAt: number) => void) {
    this.#uncount = uncount;
  }

  /** Whether the span counts, as far as the spans before it tell. */
  counts({ traceId, parentSpanId, scope }: RawSpan, facts: SpanFacts): boolean {
    if (!COUNTED_KINDS.has(facts.kind)) return false;
    const parent = this.#bySpan.get(parentSpanId);
    const usage = parent && usageOf(facts);
    if (usage === undefined) return true;
    return !isSameCall(parent as Call, { traceId, usage, scope: scope.name });
  }

  /** Remembers a span that counts. */
  add({ traceId, spanId, parentSpanId, scope }: RawSpan, facts: SpanFacts, countedAt: number): void {
    const usage = usageOf(facts);
    if (usage === undefined) return;
    const call: Call = { traceId, usage, scope: scope.name, countedAt };
    this.#bySpan.set(spanId, call);
    const children = this.#byParent.get(spanId);
    if (children) {
      for (const child of children) if (isSameCall(call, child)) this.#uncount(child.countedAt);
      this.#byParent.delete(spanId);
    }
    if (parentSpanId === '') return;
    const siblings = this.#byParent.get(parentSpanId);
    if (siblings) siblings.push(call);
    else this.#byParent.set(parentSpanId, [call]);
  }
}

type Described = Pick<Call, 'traceId' | 'usage' | 'scope'>;

function isSameCall(a: Described, b: Described): boolean {
  return a.traceId === b.traceId && a.usage === b.usage && a.scope !== b.scope;
}

function usageOf({ model, usage }: SpanFacts): string | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return `${usage.inputTokens}+${usage.outputTokens} ${model}`;
}
