import { reportMissing, wrapMethod } from '../register/patch.ts';
import { countFetches } from './count-fetches.ts';
import { type Json, record } from './json.ts';
import { type Destination, ModelCall } from './model-call.ts';
import type { Operation } from './operation.ts';
import { type StainlessPromise, tapPromise } from './stainless-promise.ts';

/*
 * The clients of OpenAI and Anthropic are generated alike. A method returns a promise of a class of their own, which
 * holds the request (`responsePromise`) and reads the answer only when somebody asks for it (`parseResponse`): both
 * are listened to in place, so that `withResponse()`, `asResponse()`, `parse()` and the streaming helpers, which all
 * go through them, behave as they are. A stream makes its iterator by `iterator`, for `for await`, `tee()` and
 * `toReadableStream()` alike.
 */

/** One method of a resource of such a client. */
export interface StainlessMethod {
  /** Names it in reports. */
  readonly package: string;
  /** From the client to the resource: `['chat', 'completions']`. */
  readonly path: readonly string[];
  readonly method: string;
  readonly operation: Operation;
  /** What is asked for so that the stream tells its usage, where the application did not. */
  readonly asking?: UsageRequest;
}

export interface UsageRequest {
  /** A new body to send; undefined where nothing is missing. */
  readonly ask: (body: Json, client: Json) => Json | undefined;
  /** Whether a chunk is only there because of that; it may also be brought to the form that it would have had. */
  readonly isExtra: (chunk: unknown) => boolean;
  /** Whether a server refuses the request because of that. */
  readonly isRefusal: (error: unknown) => boolean;
}

/** Servers that do not know how to tell the usage, by client: they are not asked again. */
const refusing = new WeakSet<object>();

export function wrapStainless(
  target: unknown,
  { package: name, path, method, operation, asking }: StainlessMethod,
  destinationOf: (client: Json) => Destination,
  start: (client: Json, run: () => unknown) => unknown = (_, run) => run(),
): boolean {
  const where = `${name} ${[...path, method].join('.')}`;
  reportMissing(target, method, where);
  return wrapMethod(
    target,
    method,
    where,
    (original) =>
      function (this: unknown, ...args) {
        const client = record(record(this)._client);
        // Some take the id of what they are about.
        const body = typeof args[0] === 'string' ? { id: args[0] } : record(args[0]);
        const call = ModelCall.begin(operation, body, () => destinationOf(client));
        const bare = () => Reflect.apply(original, this, args);
        if (call === undefined) return bare();
        // Not sampled: only the context is kept.
        if (!call.span.isRecording) return call.run(() => start(client, bare));
        countFetches(client);
        const asked = refusing.has(client) ? undefined : asking?.ask(body, client);
        const hooks = call.hooks();
        try {
          if (asked === undefined)
            return tapPromise(
              call.run(() => start(client, bare)),
              hooks,
            );
          const result = call.run(() =>
            start(client, () => Reflect.apply(original, this, [asked, ...args.slice(1)])),
          );
          return tapPromise(result, hooks, {
            isExtra: (chunk) => asking?.isExtra(chunk) === true,
            askNoMore: () => restore(asked, body),
            again: (error) => {
              if (asking?.isRefusal(error) !== true) return undefined;
              refusing.add(client);
              return call.run(() => start(client, bare)) as StainlessPromise;
            },
          });
        } catch (error) {
          hooks.failed(error);
          throw error;
        }
      },
  );
}

function restore(asked: Json, body: Json): void {
  for (const key of Object.keys(asked)) delete (asked as Record<string, unknown>)[key];
  Object.assign(asked, body);
}
