import { COUNTED_KINDS, type RawSpan, type SpanFacts } from '@throughline/spans';

/** A span whose usage counts so far. */
interface Call {
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
  counts({ traceId, parentSpanId, scope }: RawSpan, facts: SpanFacts): boolean {
    if (!COUNTED_KINDS.has(facts.kind)) return false;
    const usage = usageOf(facts);
    if (parentSpanId === '' || usage === undefined) return true;
    const parent = this.#bySpan.get(`${traceId}/${parentSpanId}`);
    return parent === undefined || !isSameCall(parent, { usage, scope: scope.name });
  }

  /** Remembers a span that counts. */
  add({ traceId, spanId, parentSpanId, scope }: RawSpan, facts: SpanFacts, countedAt: number): void {
    const usage = usageOf(facts);
    if (usage === undefined) return;
    const call: Call = { usage, scope: scope.name, countedAt };
    const key = `${traceId}/${spanId}`;
    this.#bySpan.set(key, call);
    for (const child of this.#byParent.get(key) ?? []) {
      if (isSameCall(call, child)) this.#uncount(child.countedAt);
    }
    this.#byParent.delete(key);
    if (parentSpanId === '') return;
    const parentKey = `${traceId}/${parentSpanId}`;
    const siblings = this.#byParent.get(parentKey);
    if (siblings) siblings.push(call);
    else this.#byParent.set(parentKey, [call]);
  }
}

function isSameCall(a: Pick<Call, 'usage' | 'scope'>, b: Pick<Call, 'usage' | 'scope'>): boolean {
  return a.usage === b.usage && a.scope !== b.scope;
}

function usageOf({ model, usage }: SpanFacts): string | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return `${usage.inputTokens}+${usage.outputTokens} ${model}`;
}
