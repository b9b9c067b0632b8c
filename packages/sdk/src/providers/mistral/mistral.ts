import { type Json, record } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt, wrapGetter, wrapMethod } from '../../patch/patch.ts';
import { activeCall, type Destination } from '../model-call.ts';
import type { Operation } from '../operation.ts';
import { providerOfUrl } from '../provider-of-host.ts';
import { wrapCall } from '../wrap-call.ts';
import { mistralChat, mistralChatStream } from './chat.ts';
import { mistralEmbeddings } from './embeddings.ts';

/** `parse` is listed because it does not call `complete`. */
const METHODS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  chat: {
    complete: mistralChat,
    stream: mistralChatStream,
    parse: mistralChat,
    parseStream: mistralChatStream,
  },
  agents: { complete: mistralChat, stream: mistralChatStream },
  fim: { complete: mistralChat, stream: mistralChatStream },
  embeddings: { create: mistralEmbeddings },
};

/** The package `@mistralai/mistralai`. */
export const mistral: Integration = {
  name: 'mistral',
  package: '@mistralai/mistralai',
  supported: '>=1.5.0 <3.0.0',
  kind: 'provider',
  patch: (exports) => {
    // The parts of a client are created on first access, and their classes are not exported.
    for (const part of Object.keys(METHODS)) {
      wrapGetter(memberAt(exports, ['Mistral', 'prototype']), part, (made) => wrapPart(part, made));
    }
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['chat', 'complete']) === 'function' &&
      typeof memberAt(value, ['fim', 'complete']) === 'function',
    instrument: (client) => {
      for (const part of Object.keys(METHODS)) wrapPart(part, memberAt(client, [part]));
    },
  },
};

function wrapPart(part: string, made: unknown): void {
  for (const [method, operation] of Object.entries(METHODS[part] ?? {})) {
    wrapCall(made, {
      method,
      where: `@mistralai/mistralai ${part}.${method}`,
      operation,
      destination: destinationOf,
      prepare: countAttempts,
    });
  }
}

function destinationOf(part: Json): Destination {
  const { _baseURL: url } = part;
  const address = url instanceof URL ? url.href : undefined;
  return { provider: providerOfUrl(address, 'mistral_ai'), url: address };
}

/** Counts attempts with the hook that the client runs before each one. */
function countAttempts(part: Json): void {
  wrapMethod(
    record(part._options).hooks,
    'beforeRequest',
    '@mistralai/mistralai beforeRequest',
    (original) =>
      function (this: unknown, ...args) {
        activeCall()?.noteAttempt();
        return Reflect.apply(original, this, args);
      },
  );
}
