import { record } from '../../core/json.ts';
import { follow } from '../../stream/follow.ts';
import { type AnyFunction, patchMethod, type ResultHooks } from '../../stream/hooks.ts';
import { tapValue } from './stainless-stream.ts';

export interface StainlessPromise {
  responsePromise: Promise<unknown>;
  parseResponse: AnyFunction;
}

/** A request whose body was extended to request more than the application did, such as usage. */
export interface ExtendedRequest {
  /** Whether a chunk of the stream exists only because of the extension. */
  readonly isExtra: (chunk: unknown) => boolean;
  /** Removes the extension from the body. Has no effect once the request has been sent. */
  readonly withdraw: () => void;
  /** Sends the request again without the extension. Undefined if the error has another cause. */
  readonly resend: (error: unknown) => StainlessPromise | undefined;
}

/** Observes the result of a method in place and returns it. */
export function tapPromise(result: unknown, hooks: ResultHooks, extension?: ExtendedRequest): unknown {
  if (!isStainlessPromise(result)) return follow(result, hooks);
  observePromise(result, new ObservedRequest(result.responsePromise, hooks, extension));
  return result;
}

/** State of one request. Several promises may be derived from it. */
class ObservedRequest {
  /** The response. It belongs to the second request if the server refused the extension of the first. */
  readonly responded: Promise<unknown>;
  readonly hooks: ResultHooks;
  readonly extension: ExtendedRequest | undefined;
  /** The second request, without the extension. */
  second: StainlessPromise | undefined;
  isParsed = false;
  #isReported = false;

  constructor(request: Promise<unknown>, hooks: ResultHooks, extension: ExtendedRequest | undefined) {
    this.hooks = hooks;
    this.extension = extension;
    this.responded = request.then(undefined, (error: unknown) => {
      this.second = extension?.resend(error);
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

  /** Reports the parsed response. Only the first call counts. */
  report(value: unknown): void {
    if (this.#isReported) return;
    this.#isReported = true;
    tapValue(value, this.hooks, this.extension?.isExtra);
  }
}

function observePromise(promise: StainlessPromise, request: ObservedRequest): void {
  const { hooks, extension } = request;
  const parse = promise.parseResponse;
  promise.responsePromise = request.responded;
  promise.parseResponse = async function (this: unknown, ...args: unknown[]) {
    request.isParsed = true;
    try {
      const value: unknown = await Reflect.apply(parse, this, args);
      request.report(value);
      return value;
    } catch (error) {
      hooks.failed(error);
      throw error;
    }
  };
  // With `asResponse`, the application reads the body itself, so only the end of the request can be recorded. The
  // client builds the request some microtasks after the call, so the extension can still be withdrawn if `asResponse`
  // is called at once.
  patchMethod(
    promise,
    'asResponse',
    (original) =>
      function (this: unknown, ...args) {
        if (record(promise).parsedPromise === undefined) extension?.withdraw();
        const response = Reflect.apply(original, this, args) as Promise<unknown>;
        return response.then((value) => {
          if (!request.isParsed) hooks.done(undefined);
          return value;
        });
      },
  );
  observeOwnMethods(promise, request);
}

/** In newer clients, each promise has its own methods, which reference the request and the parser directly. */
function observeOwnMethods(promise: StainlessPromise, request: ObservedRequest): void {
  if (Object.hasOwn(promise, '_thenUnwrap')) {
    patchMethod(
      promise,
      '_thenUnwrap',
      (original) =>
        function (this: unknown, transform) {
          const derived: unknown = Reflect.apply(original, this, [
            (value: unknown, props: unknown) => {
              request.report(value);
              return (transform as AnyFunction)(value, props);
            },
          ]);
          if (isStainlessPromise(derived)) observePromise(derived, request);
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
        if (request.second === undefined) return Reflect.apply(original, this, args);
        const { response } = record(await request.responded) as { response: Response };
        return { data, response, request_id: response.headers.get('x-request-id') };
      },
  );
}

function isStainlessPromise(value: unknown): value is StainlessPromise {
  const { responsePromise, parseResponse } = record(value);
  return responsePromise instanceof Promise && typeof parseResponse === 'function';
}
