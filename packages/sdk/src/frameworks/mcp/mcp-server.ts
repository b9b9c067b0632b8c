import { context } from '@opentelemetry/api';
import { currentClient } from '../../context/client.ts';
import { extractContext } from '../../context/propagation.ts';
import { type Json, record, text } from '../../core/json.ts';
import { wrapMethod } from '../../patch/patch.ts';
import { startSpan } from '../../span/start-span.ts';
import { follow } from '../../stream/follow.ts';
import { type AnyFunction, onceHooks } from '../../stream/hooks.ts';
import { MCP_CALLS, MCP_KEYS } from './mcp-calls.ts';

/** Traces the requests to a low-level server, or to all servers if it gets the prototype. */
export function traceMcpServer(target: unknown): void {
  wrapMethod(target, 'setRequestHandler', 'mcp server', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const handler = args.at(-1);
      if (typeof handler !== 'function') return Reflect.apply(original, this, args);
      const method = typeof args[0] === 'string' ? args[0] : undefined;
      return Reflect.apply(original, this, [...args.slice(0, -1), traced(handler as AnyFunction, method)]);
    };
  });
}

/** Traces handlers that were registered before `instrument(server)` was called. */
export function traceRegisteredHandlers(server: unknown): void {
  const handlers = record(server)._requestHandlers;
  if (!(handlers instanceof Map)) return;
  for (const [method, handler] of handlers) {
    if (typeof handler === 'function' && MCP_CALLS[String(method)] !== undefined)
      handlers.set(method, traced(handler as AnyFunction, String(method)));
  }
}

const TRACED = Symbol.for('@throughline/sdk.mcp-handler');

function traced(handler: AnyFunction & { [TRACED]?: true }, registered: string | undefined): AnyFunction {
  if (handler[TRACED]) return handler;
  const replacement = function (this: unknown, ...args: unknown[]): unknown {
    const handle = () => Reflect.apply(handler, this, args);
    if (currentClient() === undefined) return handle();
    const request = record(args[0]);
    const method = registered ?? text(request.method);
    const call = method === undefined ? undefined : MCP_CALLS[method];
    return method === undefined || call === undefined
      ? handle()
      : answer(method, request, record(args[1]), handle);
  };
  return Object.assign(replacement, { [TRACED]: true as const });
}

function answer(method: string, request: Json, extra: Json, handle: () => unknown): unknown {
  const call = MCP_CALLS[method];
  if (call === undefined) return handle();
  const params = record(request.params);
  const requestInfo = record(extra.mcpReq);
  // Version 1 passes `_meta` and the id at the top level, version 2 in `mcpReq`.
  const meta = record(params._meta ?? extra._meta ?? requestInfo._meta);
  const caller = extractContext(meta, context.active());
  return context.with(caller, () => {
    const { marks, ...start } = call.start(params);
    const span = startSpan(`${method} ${call.target(params) ?? ''}`.trim(), { ...start, otelKind: 'server' });
    const id = extra.requestId ?? requestInfo.id;
    span.set({
      [MCP_KEYS.method]: method,
      [MCP_KEYS.session]: text(extra.sessionId),
      [MCP_KEYS.requestId]: id === undefined ? undefined : String(id),
      ...marks,
    });
    const hooks = onceHooks({
      context: span.context,
      chunk: () => {},
      done: (result) => {
        call.end(record(result), span);
        span.end();
      },
      failed: (error) => span.recordError(error).end(),
      cancelled: () => span.recordCancelled().end(),
    });
    try {
      return follow(span.run(handle), hooks);
    } catch (error) {
      hooks.failed(error);
      throw error;
    }
  });
}
