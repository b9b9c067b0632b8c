import { wrapMethod } from '../register/patch.ts';
import { type Json, record } from './json.ts';
import { activeCall } from './model-call.ts';

/** Functions that count already: a copy of a client takes its `fetch` over. */
const counting = new WeakSet<object>();

/** The client's retries happen inside one call: each is seen where it sends. */
export function countAttempts(client: Json): void {
  const { fetch } = client;
  if (typeof fetch !== 'function' || counting.has(fetch)) return;
  const counted = (...args: unknown[]): unknown => {
    activeCall()?.noteAttempt();
    return Reflect.apply(fetch, undefined, args);
  };
  counting.add(counted);
  try {
    (client as { fetch: unknown }).fetch = counted;
  } catch {
    // A frozen client: its attempts are not counted.
  }
}

/** A client that is made from this one by `withOptions` is traced as well. */
export function copiesToo(client: object, instrument: (copy: object) => void): void {
  wrapMethod(
    client,
    'withOptions',
    'withOptions',
    (original) =>
      function (this: unknown, ...args) {
        const copy: unknown = Reflect.apply(original, this, args);
        if (typeof copy === 'object' && copy !== null) instrument(copy);
        return copy;
      },
  );
}

/** `OpenAI/JS 7.55.0`: as the client presents itself to servers; undefined where it does not. */
export function clientVersion(client: object): string | undefined {
  const { getUserAgent } = record(client);
  const agent: unknown =
    typeof getUserAgent === 'function' ? Reflect.apply(getUserAgent, client, []) : undefined;
  return typeof agent === 'string' ? /\/JS (\S+)$/.exec(agent)?.[1] : undefined;
}
