import { propagation } from '@opentelemetry/api';
import { currentClient } from '../../context/client.ts';
import { withScopeAsBaggage } from '../../context/propagation.ts';
import { type Json, number, record, text } from '../../core/json.ts';
import { wrapMethod } from '../../patch/patch.ts';
import { isAbort } from '../../span/is-abort.ts';
import { startSpan } from '../../span/start-span.ts';
import { follow } from '../../stream/follow.ts';
import type { AnyFunction } from '../../stream/hooks.ts';
import { onceHooks } from '../../stream/hooks.ts';
import { MCP_CALLS, MCP_KEYS } from './mcp-calls.ts';

const METHODS = {
  callTool: 'tools/call',
  readResource: 'resources/read',
  getPrompt: 'prompts/get',
} as const;

/** Traces the calls of a client, or of all clients if it gets the prototype. Versions 1 and 2 have the same methods. */
export function traceMcpClient(target: unknown): void {
  for (const [name, method] of Object.entries(METHODS))
    wrapMethod(target, name, `mcp client ${name}`, (original) => traced(original, method));
}

function traced(original: AnyFunction, method: string) {
  const call = MCP_CALLS[method];
  return function (this: unknown, ...args: unknown[]): unknown {
    const [params, ...rest] = args;
    const sdk = currentClient();
    if (sdk === undefined || call === undefined || typeof params !== 'object' || params === null)
      return Reflect.apply(original, this, args);
    const given = record(params);
    const { marks, ...start } = call.start(given);
    const span = startSpan(`${method} ${call.target(given) ?? ''}`.trim(), { ...start, otelKind: 'client' });
    span.set({ [MCP_KEYS.method]: method, ...marks, ...connection(this) });
    const withContext = { ...given, _meta: { ...record(given._meta), ...carrier(span.context) } };
    const hooks = onceHooks({
      context: span.context,
      chunk: () => {},
      done: (result) => {
        call.end(record(result), span);
        span.end();
      },
      failed: (error) => {
        const code = number(record(error).code);
        if (code !== undefined) span.set({ [MCP_KEYS.errorCode]: String(code) });
        if (isAborted(error, rest)) span.recordCancelled();
        else span.recordError(error);
        span.end();
      },
      cancelled: () => span.recordCancelled().end(),
    });
    try {
      return follow(
        span.run(() => Reflect.apply(original, this, [withContext, ...rest])),
        hooks,
      );
    } catch (error) {
      hooks.failed(error);
      throw error;
    }
  };
}

/** Returns `traceparent` and `tracestate` for `_meta`. Includes context values only if `propagateContext` is set. */
function carrier(active: Parameters<typeof propagation.inject>[0]): Record<string, string> {
  const meta: Record<string, string> = {};
  const { propagateContext } = currentClient()?.config ?? {};
  propagation.inject(propagateContext === true ? withScopeAsBaggage(active) : active, meta);
  return meta;
}

function connection(client: unknown): Record<string, string | undefined> {
  const transport = record(record(client).transport);
  return {
    [MCP_KEYS.session]: text(transport.sessionId),
    [MCP_KEYS.protocolVersion]: text(transport.protocolVersion),
  };
}

/** If the application aborts a call, the client reports a protocol error, so the signal is checked too. */
function isAborted(error: unknown, rest: readonly unknown[]): boolean {
  return (
    isAbort(error) ||
    rest.some((option: unknown) => record((option as Json | undefined)?.signal).aborted === true)
  );
}
