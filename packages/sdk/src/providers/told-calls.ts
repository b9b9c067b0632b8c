import { context, trace } from '@opentelemetry/api';
import { type Json, text } from './json.ts';

/** A model call for which a framework has a span of its own, while it lasts. */
interface ToldCall {
  readonly model: string | undefined;
  /** What the model is asked last. */
  readonly asked: string;
  /** The span around it. */
  readonly above: string | undefined;
}

const told = new Set<ToldCall>();

/**
 * For frameworks that are listened to and not patched: nothing of ours is around their calls then, and a traced client
 * below would count each a second time. Until the returned function is called, a call below the same span that asks
 * the same model for the same is that call.
 *
 * So a call that the application makes itself, the same to the letter, below the same span and at that moment, is left
 * out as well. The asynchronous context cannot tell the two apart: LangChain runs handlers in a context of their own,
 * which ends with them, and its models in that of whoever invoked them; its own store holds the run above, if any.
 * Nor may only the first such call be left out: LangChain asks again where a provider fails.
 */
export function tellCall(model: string | undefined, asked: string | undefined): () => void {
  if (asked === undefined) return () => {};
  const call: ToldCall = { model, asked, above: activeSpanId() };
  told.add(call);
  return () => {
    told.delete(call);
  };
}

export function isToldCall(body: Json): boolean {
  // Nearly always: nobody but a handler without patching tells.
  if (told.size === 0) return false;
  const above = activeSpanId();
  const model = text(body.model) ?? text(body.modelId);
  for (const call of told) {
    const isSame = call.above === above && (call.model === undefined || call.model === model);
    if (isSame && holds(body, call.asked, MAX_DEPTH)) return true;
  }
  return false;
}

function activeSpanId(): string | undefined {
  return trace.getSpanContext(context.active())?.spanId;
}

const MAX_DEPTH = 6;
/** Of a list of messages the newest ones. */
const MAX_ITEMS = 8;

function holds(value: unknown, asked: string, depth: number): boolean {
  if (typeof value === 'string') return value === asked;
  if (depth === 0 || typeof value !== 'object' || value === null) return false;
  const items = Array.isArray(value) ? value.slice(-MAX_ITEMS) : Object.values(value);
  return items.some((item) => holds(item, asked, depth - 1));
}
