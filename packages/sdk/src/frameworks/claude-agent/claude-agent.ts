import { currentClient } from '../../core/client.ts';
import { record } from '../../providers/json.ts';
import type { Integration } from '../../register/integration.ts';
import { standIn, withExport } from '../../register/patch.ts';
import { type AnyFunction, onceHooks, patchMethod } from '../../stream/hooks.ts';
import { tapAsyncIterator } from '../../stream/iterator.ts';
import { ClaudeRun } from './claude-run.ts';

/** `@anthropic-ai/claude-agent-sdk`: what `query` streams tells of the run. */
export const claudeAgent: Integration = {
  name: 'claude-agent-sdk',
  package: '@anthropic-ai/claude-agent-sdk',
  supported: '>=0.2.0 <0.4.0',
  kind: 'framework',
  patch: (exports) => {
    const { query } = exports;
    return typeof query === 'function'
      ? withExport(exports, 'query', tracedClaudeQuery(query as AnyFunction))
      : undefined;
  },
};

/**
 * The `query` of Claude's Agent SDK, traced: it returns the same stream with the same methods.
 *
 * @example const query = tracedClaudeQuery(sdk.query); for await (const message of query({ prompt })) …
 */
export function tracedClaudeQuery<Query extends AnyFunction | ((...args: never[]) => unknown)>(
  query: Query,
): Query {
  const traced = function (this: unknown, ...args: unknown[]): unknown {
    const straight = () => Reflect.apply(query as AnyFunction, this, args);
    if (currentClient() === undefined) return straight();
    const run = new ClaudeRun(record(args[0]));
    try {
      const stream = run.span.run(straight);
      listen(stream as object, run);
      return stream;
    } catch (error) {
      run.failed(error);
      throw error;
    }
  };
  return standIn(query as AnyFunction, traced as AnyFunction) as Query;
}

/** The stream is read by itself, or by an iterator of its own that it hands out: each message is told once. */
function listen(stream: object, run: ClaudeRun): void {
  const told = new WeakSet<object>();
  const hooks = onceHooks({
    context: run.span.context,
    chunk: (message) => {
      if (typeof message !== 'object' || message === null || told.has(message)) return;
      told.add(message);
      run.add(message);
    },
    done: () => run.done(),
    failed: (error) => run.failed(error),
    cancelled: () => run.cancelled(),
  });
  tapAsyncIterator(stream, hooks);
  patchMethod(
    stream,
    Symbol.asyncIterator,
    (original) =>
      function (this: unknown, ...args) {
        const iterator = Reflect.apply(original, this, args);
        if (iterator !== stream && typeof iterator === 'object' && iterator !== null)
          tapAsyncIterator(iterator, hooks);
        return iterator;
      },
  );
}
