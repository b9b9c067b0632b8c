import { COUNTED_KINDS, type RawSpan, type SpanFacts } from '@throughline/spans';

/** A span whose usage counts so far. */
interface Call {
  readonly traceId: string;
  /** Model and tokens. */
  readonly usage: string;
  /** The instrumentation that recorded it. */
  readonly scope: string;
  /** Position of the flag in its row that marks it as counted. */
  readonly countedAt: number;
}

/**
 * Decides which spans of a request count towards the totals of their traces: every model call once. If two
 * instrumentations record one call (such as an SDK's own span below that of a wrapper), they send a parent and a child
 * with different scopes and with the same model and usage. Then only the parent counts. Spans of the same scope with
 * equal usage are two calls.
 *
 * The decision is made within a request. A child ends before its parent, and exporters send spans in the order in which
 * they end, so the two are in different requests only if a batch ends between them.
 */
export class UsageDeduplicator {
  /** By span id only, which is faster than by trace id and span id. Traces do not share span ids. */
  readonly #bySpan = new Map<string, Call>();
  /** Calls whose parent has not arrived yet, by the id of the parent. */
  readonly #byParent = new Map<string, Call[]>();
  readonly #uncount: (countedAt: number) => void;

  /** `uncount` changes a row that is already written so that it does not count. */
  constructor(uncount: (countedAt: number) => void) {
    this.#uncount = uncount;
  }

  /** Whether the span counts, according to the spans so far. */
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
