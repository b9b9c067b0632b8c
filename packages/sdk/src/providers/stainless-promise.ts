import { follow } from '../stream/follow.ts';
import { type AnyFunction, patchMethod, type ResultHooks } from '../stream/hooks.ts';
import { record } from './json.ts';
import { tapValue } from './stainless-stream.ts';

export interface StainlessPromise {
  responsePromise: Promise<unknown>;
  parseResponse: AnyFunction;
}

/** What follows from having asked for more than the application did. */
export interface Asked {
  readonly isExtra: (chunk: unknown) => boolean;
  /** Takes the question back, as long as the request has not been sent. */
  readonly askNoMore: () => void;
  /** The request without the question, where the error says that the server does not know it. */
  readonly again: (error: unknown) => StainlessPromise | undefined;
}

/** Follows what a method returned, and returns it. */
export function tapPromise(result: unknown, hooks: ResultHooks, asked?: Asked): unknown {
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
