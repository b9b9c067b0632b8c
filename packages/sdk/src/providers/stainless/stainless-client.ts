import { record } from '../../core/json.ts';
import { wrapMethod } from '../../patch/patch.ts';

/** Also instruments clients that are created from this one with `withOptions`. */
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

/** Reads the version from the client's user agent, e.g. `OpenAI/JS 7.55.0`. Undefined if it has none. */
export function clientVersion(client: object): string | undefined {
  const { getUserAgent } = record(client);
  const agent: unknown =
    typeof getUserAgent === 'function' ? Reflect.apply(getUserAgent, client, []) : undefined;
  return typeof agent === 'string' ? /\/JS (\S+)$/.exec(agent)?.[1] : undefined;
}
