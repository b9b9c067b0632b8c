import type * as DiagnosticsChannel from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { swallow } from '../core/report.ts';
import { builtins } from '../core/runtime.ts';
import { installFetchPropagation } from './fetch-propagation.ts';
import { carrierGetter, scopeFromBaggage, withScopeAsBaggage } from './propagation.ts';

/*
 * Trace context over HTTP without patching any module: Node announces requests on diagnostics channels.
 * `fetch` and undici everywhere, `http.request` from Node 22.12 on, servers from Node 18 on.
 * Requests that carry a `traceparent` already were seen by another instrumentation and are left alone.
 * Source: nodejs.org/api/diagnostics_channel.html, undici docs/api/DiagnosticsChannel.md.
 */

/** Makes a context the active one for what follows in this turn and what it starts. */
export type Attach = (entered: Context) => unknown;

/** @param attach Absent where the context manager cannot: then incoming requests are not continued. */
export function installHttpPropagation(propagateContext: boolean, attach: Attach | undefined): () => void {
  const channels = builtins()?.('node:diagnostics_channel');
  if (channels === undefined || !announcesFetch()) return installFetchPropagation(propagateContext);
  const subscriptions: (readonly [string, Listener])[] = [
    ['undici:request:create', guarded((message) => addToUndici(message, propagateContext))],
    ['http.client.request.created', guarded((message) => addToRequest(message, propagateContext))],
  ];
  if (attach !== undefined)
    subscriptions.push([
      'http.server.request.start',
      guarded((message) => attach(contextOf(message, propagateContext))),
    ]);
  for (const [name, listener] of subscriptions) channels.subscribe(name, listener);
  return () => {
    for (const [name, listener] of subscriptions) channels.unsubscribe(name, listener);
  };
}

/** Node's `fetch` is undici, which tells of its requests; Bun has the channels and says nothing on them. */
function announcesFetch(): boolean {
  return globalThis.process?.versions?.undici !== undefined && globalThis.process.versions.bun === undefined;
}

type Listener = DiagnosticsChannel.ChannelListener;

function guarded(handle: (message: unknown) => void): Listener {
  return (message) => {
    try {
      handle(message);
    } catch (error) {
      swallow('passing the context on over HTTP', error);
    }
  };
}

interface UndiciRequest {
  readonly headers: unknown;
  readonly addHeader: (name: string, value: string) => void;
}

function addToUndici(message: unknown, propagateContext: boolean): void {
  const { request } = message as { request: UndiciRequest };
  const { headers } = request;
  // A list of names and values, or in older versions one text.
  const names = Array.isArray(headers) ? headers.map(String).join('\n') : String(headers ?? '');
  if (/(^|\n)traceparent(\n|:)/i.test(names)) return;
  inject(propagateContext, (name, value) => request.addHeader(name, value));
}

function addToRequest(message: unknown, propagateContext: boolean): void {
  const { request } = message as { request: ClientRequest };
  if (request.headersSent || request.hasHeader('traceparent')) return;
  inject(propagateContext, (name, value) => request.setHeader(name, value));
}

function inject(propagateContext: boolean, set: (name: string, value: string) => void): void {
  const active = context.active();
  if (active === ROOT_CONTEXT || isTracingSuppressed(active)) return;
  propagation.inject(propagateContext ? withScopeAsBaggage(active) : active, null, {
    set: (_, name, value) => set(name, value),
  });
}

/**
 * The context of an incoming request: that of its headers and nothing else. A connection was made in somebody's
 * context, and the request before this one on it had its own; neither is this one's.
 */
function contextOf(message: unknown, propagateContext: boolean): Context {
  const { request } = message as { request: IncomingMessage };
  const extracted = propagation.extract(ROOT_CONTEXT, request.headers, carrierGetter);
  return propagateContext ? scopeFromBaggage(extracted) : extracted;
}
