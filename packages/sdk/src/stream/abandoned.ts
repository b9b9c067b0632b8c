import { addOpenResult, removeOpenResult } from '../core/open-results.ts';
import type { ResultHooks } from './hooks.ts';

/*
 * Applications may get a generator or stream and never read it, or stop reading without closing it. Nothing then ends
 * its span, and it would stay running for ever. Such a result is cancelled when it is garbage-collected and, at the
 * latest, when tracing stops or the process has no other work left.
 */

const collected =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry<ResultHooks>((hooks) => hooks.cancelled());

/** Hooks to use for a result instead of `hooks`. They must not reference the result, which would keep it alive. */
export interface WatchedHooks extends ResultHooks {
  /** Stops watching, for a result that is followed in another way. */
  release(): void;
}

export function watchResult(result: object, hooks: ResultHooks): WatchedHooks {
  const release = () => {
    removeOpenResult(watched);
    collected?.unregister(watched);
  };
  const watched: WatchedHooks = {
    context: hooks.context,
    chunk: hooks.chunk,
    done: (value) => {
      release();
      hooks.done(value);
    },
    failed: (error) => {
      release();
      hooks.failed(error);
    },
    cancelled: () => {
      release();
      hooks.cancelled();
    },
    release,
  };
  addOpenResult(watched);
  collected?.register(result, watched, watched);
  return watched;
}
