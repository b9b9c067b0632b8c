import { type Json, record } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt } from '../../patch/patch.ts';
import { countFetches } from '../count-fetches.ts';
import type { Destination } from '../model-call.ts';
import type { Operation } from '../operation.ts';
import { providerOfUrl } from '../provider-of-host.ts';
import { wrapCall } from '../wrap-call.ts';
import { cohereChat, cohereChatStream } from './chat.ts';
import { cohereEmbed } from './embed.ts';
import { cohereRerank } from './rerank.ts';

/** The internal methods, because `CohereClientV2` binds the public ones to itself when it is created. */
const METHODS: readonly (readonly [method: string, operation: Operation])[] = [
  ['__chat', cohereChat],
  ['__chatStream', cohereChatStream],
  ['__embed', cohereEmbed],
  ['__rerank', cohereRerank],
];

/** The package `cohere-ai`: version 2 of its API, with `CohereClientV2` and `CohereClient.v2`. */
export const cohere: Integration = {
  name: 'cohere',
  package: 'cohere-ai',
  supported: '>=7.18.0 <9.0.0',
  kind: 'provider',
  patch: (exports) => {
    wrapV2(v2Prototype(exports.CohereClient));
    return undefined;
  },
  client: {
    recognises: (value) =>
      [value, memberAt(value, ['v2'])].some(
        (client) =>
          typeof memberAt(client, ['chatStream']) === 'function' &&
          typeof memberAt(client, ['rerank']) === 'function',
      ),
    version: (client) => {
      const { clientV2, v2 } = client as Json;
      const version = memberAt(clientV2 ?? v2, ['_options', 'headers', 'x-fern-sdk-version']);
      return typeof version === 'string' ? version : undefined;
    },
    instrument: (client) => {
      const { clientV2, v2 } = client as Json;
      wrapV2(clientV2 ?? v2);
    },
  },
};

/** Returns the prototype of the version 2 client. Its class is not exported, so the getter `v2` creates an instance. */
function v2Prototype(CohereClient: unknown): unknown {
  let prototype: unknown = memberAt(CohereClient, ['prototype']);
  while (typeof prototype === 'object' && prototype !== null) {
    const getter = Object.getOwnPropertyDescriptor(prototype, 'v2')?.get;
    if (getter !== undefined) return Object.getPrototypeOf(Reflect.apply(getter, { _options: {} }, []));
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

function wrapV2(target: unknown): void {
  for (const [method, operation] of METHODS) {
    wrapCall(target, {
      method,
      where: `cohere-ai ${method.slice(2)}`,
      operation,
      destination: destinationOf,
      prepare: (client) => countFetches(record(client._options)),
      part: (value) => record(value).data,
    });
  }
}

const API = 'https://api.cohere.com';

function destinationOf(client: Json): Destination {
  const { baseUrl, environment } = record(client._options);
  // Each of the two can also be a function, which is not called here.
  const url = [baseUrl, environment].find((value) => typeof value === 'string');
  const address = typeof url === 'string' ? url : API;
  return { provider: providerOfUrl(address, 'cohere'), url: address };
}
