import type { Json } from './json.ts';
import { activeCall } from './model-call.ts';

/** Functions that count already: a copy of a client takes its `fetch` over. */
const counting = new WeakSet<object>();

/**
 * A client's retries happen inside one call: each is seen where it sends.
 *
 * @param holder What holds the client's `fetch`; it uses the global one where there is none.
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
    // A frozen client: its attempts are not counted.
  }
}
