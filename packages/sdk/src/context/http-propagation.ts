import type * as DiagnosticsChannel from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { swallow } from '../core/report.ts';
import { builtins } from '../core/runtime.ts';
import { installFetchPropagation } from './fetch-propagation.ts';
import { carrierGetter, scopeFromBaggage, withScopeAsBaggage } from './propagation.ts';

/*
 * Propagates the trace context over HTTP without patching modules, because Node publishes requests on diagnostics
 * channels: `fetch` and undici in all versions, `http.request` from Node 22.12 on, servers from Node 18 on.
 * Requests that already have a `traceparent` header were handled by another instrumentation and stay unchanged.
 * Source: nodejs.org/api/diagnostics_channel.html, undici docs/api/DiagnosticsChannel.md.
 */

/** Makes a context active for the rest of the current event loop turn and for everything that it starts. */
export type Attach = (entered: Context) => unknown;

/** @param attach Undefined if the context manager does not support it. Incoming requests then start new traces. */
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

/** Node's `fetch` is undici, which publishes its requests. Bun has the channels but publishes nothing on them. */
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
  // A list of names and values; a single string in older versions of undici.
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
 * Reads the context of an incoming request from its headers. It must not inherit the active context, which belongs to
 * whatever opened the connection or to an earlier request on it.
 */
function contextOf(message: unknown, propagateContext: boolean): Context {
  const { request } = message as { request: IncomingMessage };
  const extracted = propagation.extract(ROOT_CONTEXT, request.headers, carrierGetter);
  return propagateContext ? scopeFromBaggage(extracted) : extracted;
}
