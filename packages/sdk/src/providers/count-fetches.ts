import type { Json } from '../core/json.ts';
import { activeCall } from './model-call.ts';

/** Functions that already count. Copies of a client share its `fetch`, which must not be wrapped twice. */
const counting = new WeakSet<object>();

/**
 * Counts the attempts of a call by wrapping the client's `fetch`, because clients retry inside one call.
 *
 * @param holder The object with the client's `fetch`. Without one, the client uses the global `fetch`.
 */
export function countFetches(holder: Json): void {
  const { fetch: given } = holder;
  if (typeof given === 'function' && counting.has(given)) return;
  const counted = (...args: Parameters<typeof fetch>): unknown => {
    activeCall()?.noteAttempt();
    return typeof given === 'function' ? Reflect.apply(given, undefined, args) : fetch(...args);
  };
  counting.add(counted);
  try {
    (holder as { fetch: unknown }).fetch = counted;
  } catch {
    // The client is frozen, so its attempts cannot be counted.
  }
}
