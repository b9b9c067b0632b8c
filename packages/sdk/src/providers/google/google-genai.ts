import { type Json, record, text } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt, wrapMethod } from '../../patch/patch.ts';
import { activeCall, type Destination } from '../model-call.ts';
import type { Operation } from '../operation.ts';
import { wrapCall } from '../wrap-call.ts';
import { embedContent } from './embed-content.ts';
import { generateContent, generateContentStream } from './generate-content.ts';

/**
 * The internal methods, because with automatic function calling one call of the application may call the model several
 * times, and each model call gets a span.
 */
const METHODS: readonly (readonly [method: string, operation: Operation])[] = [
  ['generateContentInternal', generateContent],
  ['generateContentStreamInternal', generateContentStream],
  ['embedContentInternal', embedContent],
];

/** The package `@google/genai`, for the Gemini API and Vertex AI. */
export const googleGenai: Integration = {
  name: 'google-genai',
  package: '@google/genai',
  supported: '>=2.0.0 <4.0.0',
  kind: 'provider',
  patch: (exports) => {
    wrapModels(memberAt(exports, ['Models', 'prototype']));
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['models', 'generateContent']) === 'function' &&
      typeof memberAt(value, ['models', 'generateContentInternal']) === 'function',
    // `google-genai-sdk/3.1.0 gl-node/v24.0.0`
    version: (client) =>
      /google-genai-sdk\/(\S+)/.exec(
        String(memberAt(client, ['apiClient', 'clientOptions', 'httpOptions', 'headers', 'User-Agent'])),
      )?.[1],
    instrument: (client) => wrapModels(memberAt(client, ['models'])),
  },
};

function wrapModels(models: unknown): void {
  for (const [method, operation] of METHODS) {
    wrapCall(models, {
      method,
      where: `@google/genai ${method}`,
      operation,
      body: (args) => ({ ...record(args[0]), model: modelName(record(args[0]).model) }),
      destination: destinationOf,
      prepare: countAttempts,
    });
  }
}

/** Removes prefixes such as `models/` and `projects/…/models/` from a model name. */
function modelName(model: unknown): unknown {
  return typeof model === 'string' ? model.replace(/^(?:.*\/)?models\//, '') : model;
}

function destinationOf(models: Json): Destination {
  const client = record(models.apiClient);
  const options = record(client.clientOptions);
  return {
    provider: options.vertexai === true ? 'gcp.vertex_ai' : 'gcp.gemini',
    url: text(record(options.httpOptions).baseUrl),
  };
}

/** Position of the `fetch` argument of `apiCall`. The client calls it once per attempt. */
const FETCH_ARGUMENT = 5;

function countAttempts(models: Json): void {
  wrapMethod(
    models.apiClient,
    'apiCall',
    '@google/genai apiCall',
    (original) =>
      function (this: unknown, ...args) {
        const call = activeCall();
        if (call === undefined) return Reflect.apply(original, this, args);
        const given = args[FETCH_ARGUMENT];
        const counted = [...args];
        counted[FETCH_ARGUMENT] = (...request: Parameters<typeof fetch>) => {
          call.noteAttempt();
          return typeof given === 'function' ? given(...request) : fetch(...request);
        };
        return Reflect.apply(original, this, counted);
      },
  );
}
