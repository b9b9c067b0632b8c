import { currentClient } from '../../context/client.ts';
import { record } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { withExport, withReplacedCall } from '../../patch/patch.ts';
import { type AnyFunction, onceHooks, patchMethod } from '../../stream/hooks.ts';
import { tapAsyncIterator } from '../../stream/iterator.ts';
import { ClaudeRun } from './claude-run.ts';

/** The package `@anthropic-ai/claude-agent-sdk`. Spans are created from the messages that `query` streams. */
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
 * Wraps `query` of Claude's Agent SDK so that each run is traced: the agent, its model calls and tools. It returns the
 * same stream with the same methods.
 *
 * @example
 * import * as sdk from '@anthropic-ai/claude-agent-sdk';
 * const query = tracedClaudeQuery(sdk.query);
 * for await (const message of query({ prompt })) { … }
 */
export function tracedClaudeQuery<Query extends AnyFunction | ((...args: never[]) => unknown)>(
  query: Query,
): Query {
  const traced = function (this: unknown, ...args: unknown[]): unknown {
    const callQuery = () => Reflect.apply(query as AnyFunction, this, args);
    if (currentClient() === undefined) return callQuery();
    const run = new ClaudeRun(record(args[0]));
    try {
      const stream = run.span.run(callQuery);
      observeMessages(stream as object, run);
      return stream;
    } catch (error) {
      run.failed(error);
      throw error;
    }
  };
  return withReplacedCall(query as AnyFunction, traced as AnyFunction) as Query;
}

/** Observes the stream and its iterators, because it can be read either way. Each message is reported once. */
function observeMessages(stream: object, run: ClaudeRun): void {
  const reported = new WeakSet<object>();
  const hooks = onceHooks({
    context: run.span.context,
    chunk: (message) => {
      if (typeof message !== 'object' || message === null || reported.has(message)) return;
      reported.add(message);
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
