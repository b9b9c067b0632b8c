import { reportMissing, wrapMethod } from '../register/patch.ts';
import { follow } from '../stream/follow.ts';
import { type AnyFunction, patchMethod, type ResultHooks } from '../stream/hooks.ts';
import { tapAsyncIterator } from '../stream/iterator.ts';
import { type Json, record } from './json.ts';
import { activeCall, type Destination, ModelCall } from './model-call.ts';
import type { Operation } from './operation.ts';

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

export interface StainlessPromise {
  responsePromise: Promise<unknown>;
  parseResponse: AnyFunction;
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
        countAttempts(client);
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

/** What follows from having asked for more than the application did. */
interface Asked {
  readonly isExtra: (chunk: unknown) => boolean;
  /** Takes the question back, as long as the request has not been sent. */
  readonly askNoMore: () => void;
  /** The request without the question, where the error says that the server does not know it. */
  readonly again: (error: unknown) => StainlessPromise | undefined;
}

function restore(asked: Json, body: Json): void {
  for (const key of Object.keys(asked)) delete (asked as Record<string, unknown>)[key];
  Object.assign(asked, body);
}

function tapPromise(result: unknown, hooks: ResultHooks, asked?: Asked): unknown {
  if (!isStainlessPromise(result)) return follow(result, hooks);
  listenTo(result, new Listening(result.responsePromise, hooks, asked));
  return result;
}

/** One request, however many promises are made of it. */
class Listening {
  /** The response, from the second request where the first was refused for what was asked. */
  readonly responded: Promise<unknown>;
  readonly hooks: ResultHooks;
  readonly asked: Asked | undefined;
  /** The second request. */
  second: StainlessPromise | undefined;
  isParsed = false;
  #isTold = false;

  constructor(request: Promise<unknown>, hooks: ResultHooks, asked: Asked | undefined) {
    this.hooks = hooks;
    this.asked = asked;
    this.responded = request.then(undefined, (error: unknown) => {
      this.second = asked?.again(error);
      if (this.second === undefined) {
        hooks.failed(error);
        throw error;
      }
      return this.second.responsePromise.then(undefined, (failure: unknown) => {
        hooks.failed(failure);
        throw failure;
      });
    });
  }

  /** The answer was read; the first time counts. */
  tell(value: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    tapValue(value, this.hooks, this.asked?.isExtra);
  }
}

function listenTo(promise: StainlessPromise, listening: Listening): void {
  const { hooks, asked } = listening;
  const parse = promise.parseResponse;
  promise.responsePromise = listening.responded;
  promise.parseResponse = async function (this: unknown, ...args: unknown[]) {
    listening.isParsed = true;
    try {
      const value: unknown = await Reflect.apply(parse, this, args);
      listening.tell(value);
      return value;
    } catch (error) {
      hooks.failed(error);
      throw error;
    }
  };
  // The answer's bytes are the application's business then: what is known is that it came. Its request is written
  // some microtasks after the call, so those that ask for the bytes right away get what they asked for and no more.
  patchMethod(
    promise,
    'asResponse',
    (original) =>
      function (this: unknown, ...args) {
        if (record(promise).parsedPromise === undefined) asked?.askNoMore();
        const response = Reflect.apply(original, this, args) as Promise<unknown>;
        return response.then((value) => {
          if (!listening.isParsed) hooks.done(undefined);
          return value;
        });
      },
  );
  listenToOwn(promise, listening);
}

/** Newer clients give each promise methods of its own, which hold the request and the parser themselves. */
function listenToOwn(promise: StainlessPromise, listening: Listening): void {
  if (Object.hasOwn(promise, '_thenUnwrap')) {
    patchMethod(
      promise,
      '_thenUnwrap',
      (original) =>
        function (this: unknown, transform) {
          const derived: unknown = Reflect.apply(original, this, [
            (value: unknown, props: unknown) => {
              listening.tell(value);
              return (transform as AnyFunction)(value, props);
            },
          ]);
          if (isStainlessPromise(derived)) listenTo(derived, listening);
          return derived;
        },
    );
  }
  if (!Object.hasOwn(promise, 'withResponse')) return;
  patchMethod(
    promise,
    'withResponse',
    (original) =>
      async function (this: unknown, ...args) {
        const data = await (promise as unknown as Promise<unknown>);
        if (listening.second === undefined) return Reflect.apply(original, this, args);
        const { response } = record(await listening.responded) as { response: Response };
        return { data, response, request_id: response.headers.get('x-request-id') };
      },
  );
}

function isStainlessPromise(value: unknown): value is StainlessPromise {
  const { responsePromise, parseResponse } = record(value);
  return responsePromise instanceof Promise && typeof parseResponse === 'function';
}

interface StainlessStream {
  iterator: AnyFunction;
  controller: AbortController;
}

function tapValue(
  value: unknown,
  hooks: ResultHooks,
  isExtra: ((chunk: unknown) => boolean) | undefined,
): void {
  if (!isStainlessStream(value)) {
    hooks.done(value);
    return;
  }
  const stream = value;
  const { signal } = stream.controller;
  const { iterator: original } = stream;
  const streamHooks: ResultHooks = {
    ...hooks,
    // An aborted stream just ends.
    done: (result) => (signal.aborted ? hooks.cancelled() : hooks.done(result)),
  };
  stream.iterator = function (this: unknown, ...args: unknown[]) {
    const iterator = Reflect.apply(original, this, args);
    if (typeof iterator === 'object' && iterator !== null) {
      tapAsyncIterator(iterator, streamHooks);
      if (isExtra !== undefined) hideFrom(iterator, isExtra);
    }
    return iterator;
  };
  // For a stream that nobody reads any more. Clients abort by themselves after an error too: that is told first.
  signal.addEventListener('abort', () => setTimeout(() => hooks.cancelled(), 0), { once: true });
}

function isStainlessStream(value: unknown): value is StainlessStream {
  const { iterator, controller } = record(value);
  return typeof iterator === 'function' && controller instanceof AbortController;
}

/** The application never sees the chunks that it did not ask for. */
function hideFrom(iterator: object, isExtra: (chunk: unknown) => boolean): void {
  patchMethod(
    iterator,
    'next',
    (original) =>
      async function (this: unknown, ...args) {
        for (;;) {
          const result = record(await Reflect.apply(original, this, args));
          if (result.done === true || !isExtra(result.value)) return result;
        }
      },
  );
}

/** Functions that count already: a copy of a client takes its `fetch` over. */
const counting = new WeakSet<object>();

/** The client's retries happen inside one call: each is seen where it sends. */
function countAttempts(client: Json): void {
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
