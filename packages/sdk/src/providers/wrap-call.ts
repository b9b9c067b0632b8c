import { wrapMethod } from '../register/patch.ts';
import { follow } from '../stream/follow.ts';
import type { Json } from './json.ts';
import { record } from './json.ts';
import { type Destination, ModelCall } from './model-call.ts';
import type { Operation } from './operation.ts';

/** A method that returns a promise of an answer, or of a stream. */
export interface CallMethod {
  readonly method: string;
  /** Names it in reports. */
  readonly where: string;
  /** Undefined where these arguments are no call of a model. */
  readonly operation: Operation | ((args: readonly unknown[]) => Operation | undefined);
  /** @default the first argument */
  readonly body?: (args: readonly unknown[]) => Json;
  /** `self`: the object that the method is of. */
  readonly destination: (self: Json) => Destination;
  /** Before the call: to listen to attempts. */
  readonly prepare?: (self: Json) => void;
  /** What of the result is followed, where that is not the result itself: a member that is a stream. */
  readonly follow?: (result: unknown, call: ModelCall) => unknown;
}

export function wrapCall(target: unknown, row: CallMethod): boolean {
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
        row.prepare?.(self);
        if (row.follow !== undefined) return row.follow(call.run(bare), call);
        const hooks = call.hooks();
        try {
          return follow(call.run(bare), hooks);
        } catch (error) {
          hooks.failed(error);
          throw error;
        }
      },
  );
}
