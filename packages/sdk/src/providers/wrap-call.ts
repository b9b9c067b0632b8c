import { type Json, record } from '../core/json.ts';
import { reportMissing, wrapMethod } from '../patch/patch.ts';
import { follow, tapStream } from '../stream/follow.ts';
import type { ResultHooks } from '../stream/hooks.ts';
import { type Destination, ModelCall } from './model-call.ts';
import type { Operation } from './operation.ts';

/** A method that returns a promise of a response or of a stream. */
export interface CallMethod {
  readonly method: string;
  /** Name of the method in warnings. */
  readonly where: string;
  /** The operation, or a function that returns undefined if these arguments do not call a model. */
  readonly operation: Operation | ((args: readonly unknown[]) => Operation | undefined);
  /** Returns the request body. Default: the first argument. */
  readonly body?: (args: readonly unknown[]) => Json;
  /** `self` is the object on which the method is called. */
  readonly destination: (self: Json) => Destination;
  /** Runs before the call, e.g. to count attempts. */
  readonly prepare?: (self: Json) => void;
  /** Returns the part of the promise's value that is the response or the stream. Default: the whole value. */
  readonly part?: (value: unknown, call: ModelCall) => unknown;
}

/** Wraps a client's method so that each call is recorded. Returns whether the method is traced. */
export function wrapCall(target: unknown, row: CallMethod): boolean {
  reportMissing(target, row.method, row.where);
  return wrapMethod(
    target,
    row.method,
    row.where,
    (original) =>
      function (this: unknown, ...args) {
        const bare = () => Reflect.apply(original, this, args);
        const operation = typeof row.operation === 'function' ? row.operation(args) : row.operation;
        if (operation === undefined) return bare();
        const self = record(this);
        const body = row.body?.(args) ?? record(args[0]);
        const call = ModelCall.begin(operation, body, () => row.destination(self));
        if (call === undefined) return bare();
        // The trace is not sampled, so only the context is passed on.
        if (!call.span.isRecording) return call.run(bare);
        row.prepare?.(self);
        const hooks = call.hooks();
        try {
          const result = call.run(bare);
          return row.part === undefined
            ? follow(result, hooks)
            : followPart(result, hooks, (value) => row.part?.(value, call));
        } catch (error) {
          hooks.failed(error);
          throw error;
        }
      },
  );
}

function followPart(result: unknown, hooks: ResultHooks, part: (value: unknown) => unknown): unknown {
  if (!(result instanceof Promise)) {
    hooks.done(undefined);
    return result;
  }
  return result.then(
    (value: unknown) => {
      const found = part(value);
      if (typeof found !== 'object' || found === null || !tapStream(found, hooks)) hooks.done(found);
      return value;
    },
    (error: unknown) => {
      hooks.failed(error);
      throw error;
    },
  );
}
