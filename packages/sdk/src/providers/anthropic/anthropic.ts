import { context } from '@opentelemetry/api';
import { currentClient } from '../../context/client.ts';
import { type Json, record, text } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt, wrapMethod } from '../../patch/patch.ts';
import type { Destination } from '../model-call.ts';
import { providerOfUrl } from '../provider-of-host.ts';
import { wrapStainless } from '../stainless/stainless.ts';
import { clientVersion, copiesToo } from '../stainless/stainless-client.ts';
import { hasProviderSpan } from '../suppress.ts';
import { messages } from './messages.ts';

const RESOURCES: readonly (readonly string[])[] = [['messages'], ['beta', 'messages']];

/** The package `@anthropic-ai/sdk`, including the clients for Bedrock and Vertex that are built on it. */
export const anthropic: Integration = {
  name: 'anthropic',
  package: '@anthropic-ai/sdk',
  supported: '>=0.60.0 <2.0.0',
  kind: 'provider',
  patch: (exports) => {
    const Anthropic = exports.Anthropic ?? exports.default;
    for (const path of RESOURCES)
      wrapResource(memberAt(Anthropic, [...path.map((name) => CLASSES[name] ?? name), 'prototype']), path);
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['messages', 'create']) === 'function' &&
      typeof memberAt(value, ['messages', 'stream']) === 'function' &&
      typeof memberAt(value, ['messages', 'countTokens']) === 'function',
    version: clientVersion,
    instrument: instrumentAnthropic,
  },
};

const CLASSES: Readonly<Record<string, string>> = { messages: 'Messages', beta: 'Beta' };

function instrumentAnthropic(client: object): void {
  for (const path of RESOURCES) wrapResource(memberAt(client, path), path);
  copiesToo(client, instrumentAnthropic);
}

function wrapResource(resource: unknown, path: readonly string[]): void {
  const create = { package: '@anthropic-ai/sdk', path, method: 'create', operation: messages };
  wrapStainless(resource, create, destinationOf, withoutOwnSpans);
  // The `stream` helper calls `create`, but starts the client's own span before that.
  wrapMethod(
    resource,
    'stream',
    `@anthropic-ai/sdk ${[...path, 'stream'].join('.')}`,
    (original) =>
      function (this: unknown, ...args) {
        const run = () => Reflect.apply(original, this, args);
        return isTracedHere() ? withoutOwnSpans(record(record(this)._client), run) : run();
      },
  );
}

function isTracedHere(): boolean {
  return currentClient() !== undefined && !hasProviderSpan(context.active());
}

/**
 * Runs a function without the client's own spans, which would duplicate ours. The client creates them with a tracer that
 * it holds, before its methods return, so the tracer is removed while the function runs.
 */
function withoutOwnSpans(client: Json, run: () => unknown): unknown {
  const { _tracer: tracer } = client;
  if (tracer === undefined) return run();
  const holder = client as { _tracer: unknown };
  holder._tracer = undefined;
  try {
    return run();
  } finally {
    holder._tracer = tracer;
  }
}

const PROVIDERS: readonly (readonly [client: RegExp, provider: string])[] = [
  [/Bedrock/, 'aws.bedrock'],
  [/Vertex/, 'gcp.vertex_ai'],
  [/Foundry|Azure/, 'azure.ai.inference'],
];

function destinationOf(client: Json): Destination {
  const url = text(client.baseURL);
  const className = text(record(client.constructor).name) ?? '';
  const named = PROVIDERS.find(([pattern]) => pattern.test(className))?.[1];
  return { provider: named ?? providerOfUrl(url, 'anthropic'), url };
}
