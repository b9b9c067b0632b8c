import { wrapMethod } from '../register/patch.ts';
import { record } from './json.ts';

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
