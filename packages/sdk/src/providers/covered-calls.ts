import { context, trace } from '@opentelemetry/api';
import { type Json, text } from '../core/json.ts';

/** A running model call that already has a span of a framework. */
interface CoveredCall {
  readonly model: string | undefined;
  /** Text of the last message. */
  readonly lastMessage: string;
  /** Id of the parent span. */
  readonly parentSpanId: string | undefined;
}

const covered = new Set<CoveredCall>();

/**
 * Marks a model call as covered by a framework's span until the returned function is called. It is needed for
 * frameworks that report their calls through handlers: no context of ours is active during their calls, so a traced
 * client would count each call a second time. A call with the same parent span, model and last message is treated as
 * the covered call.
 *
 * An identical call that the application itself makes below the same span at the same time is therefore left out as
 * well. The asynchronous context cannot tell the two apart: LangChain runs handlers in their own context, and its
 * models in the context of whoever invoked them. Leaving out only the first matching call would be wrong too, because
 * LangChain repeats a call if a provider fails.
 */
export function coverCall(model: string | undefined, lastMessage: string | undefined): () => void {
  if (lastMessage === undefined) return () => {};
  const call: CoveredCall = { model, lastMessage, parentSpanId: activeSpanId() };
  covered.add(call);
  return () => {
    covered.delete(call);
  };
}

/** Returns whether a framework's span already covers a request with this body. */
export function isCoveredCall(body: Json): boolean {
  // The usual case: only handlers of frameworks that are not patched cover calls.
  if (covered.size === 0) return false;
  const parentSpanId = activeSpanId();
  const model = text(body.model) ?? text(body.modelId);
  for (const call of covered) {
    const isSame = call.parentSpanId === parentSpanId && (call.model === undefined || call.model === model);
    if (isSame && containsText(body, call.lastMessage, MAX_DEPTH)) return true;
  }
  return false;
}

function activeSpanId(): string | undefined {
  return trace.getSpanContext(context.active())?.spanId;
}

const MAX_DEPTH = 6;
/** Only the last items of a list are searched, because the newest messages come last. */
const MAX_ITEMS = 8;

function containsText(value: unknown, wanted: string, depth: number): boolean {
  if (typeof value === 'string') return value === wanted;
  if (depth === 0 || typeof value !== 'object' || value === null) return false;
  const items = Array.isArray(value) ? value.slice(-MAX_ITEMS) : Object.values(value);
  return items.some((item) => containsText(item, wanted, depth - 1));
}
