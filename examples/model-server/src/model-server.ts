import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { anthropicError } from './anthropic/errors.ts';
import { countMessageTokens, messages } from './anthropic/messages.ts';
import { converse } from './bedrock/converse.ts';
import { bedrockError } from './bedrock/errors.ts';
import { invokeModel } from './bedrock/invoke-model.ts';
import { think } from './brain.ts';
import { cohereChat } from './cohere/chat.ts';
import { cohereEmbed } from './cohere/embed.ts';
import { cohereError } from './cohere/errors.ts';
import { cohereRerank } from './cohere/rerank.ts';
import type { Pace } from './completion.ts';
import { type Endpoint, type ServerContext, sendJson } from './context.ts';
import { embedContents } from './google/embed-content.ts';
import { googleError } from './google/errors.ts';
import { generateContent } from './google/generate-content.ts';
import type { ModelRequest } from './model-request.ts';
import { listModels } from './models.ts';
import { speech, transcriptions } from './openai/audio.ts';
import { cancelBatch, createBatch, readBatch } from './openai/batches.ts';
import { chatCompletions } from './openai/chat.ts';
import { completions, mistralCompletions } from './openai/completions.ts';
import { embeddings } from './openai/embeddings.ts';
import { openaiError } from './openai/errors.ts';
import { images } from './openai/images.ts';
import { responses } from './openai/responses.ts';
import { createPromptCache } from './prompt-cache.ts';
import { RequestError } from './request-error.ts';
import type { Reply, Script } from './script.ts';

const MAX_BODY_BYTES = 20 * 1024 * 1024;

export interface ModelServerOptions {
  /** Scripts in the order in which they are tried. If none matches, the brain responds. */
  readonly scripts?: readonly Script[];
  /** Delays of the responses. Default: no delays. */
  readonly pace?: Partial<Pace>;
}

export interface ModelServer {
  /** Listens on 127.0.0.1. Port 0 means any free port. `url` has no trailing slash and no `/v1`. */
  listen(port: number): Promise<{ url: string; close(): Promise<void> }>;
  /** Adds a script that is tried before the existing ones. */
  addScript(script: Script): void;
  /** All model requests so far, including embeddings, in order. */
  readonly requests: readonly ModelRequest[];
}

/** Endpoints get the capture groups of the pattern as parameters. */
const ROUTES: readonly (readonly [method: 'GET' | 'POST', path: RegExp, endpoint: Endpoint])[] = [
  // Azure's path contains the model, which the body repeats.
  ['POST', /^(?:\/v1|\/openai\/deployments\/[^/]+)\/chat\/completions$/, chatCompletions],
  ['POST', /^\/v1\/completions$/, completions],
  ['POST', /^\/v1\/(fim|agents)\/completions$/, mistralCompletions],
  ['POST', /^\/v1\/responses$/, responses],
  ['POST', /^\/v1\/embeddings$/, embeddings],
  ['POST', /^\/v1\/images\/(generations|edits|variations)$/, images],
  ['POST', /^\/v1\/audio\/speech$/, speech],
  ['POST', /^\/v1\/audio\/(transcriptions|translations)$/, transcriptions],
  ['POST', /^\/v1\/batches$/, createBatch],
  ['GET', /^\/v1\/batches\/([^/]+)$/, readBatch],
  ['POST', /^\/v1\/batches\/([^/]+)\/cancel$/, cancelBatch],
  ['POST', /^\/v1(?:beta)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/, generateContent],
  ['POST', /^\/v1(?:beta)?\/models\/([^/:]+):batchEmbedContents$/, embedContents],
  ['POST', /^\/model\/([^/]+)\/(converse|converse-stream)$/, converse],
  ['POST', /^\/model\/([^/]+)\/(invoke|invoke-with-response-stream)$/, invokeModel],
  ['POST', /^\/v2\/chat$/, cohereChat],
  ['POST', /^\/v2\/embed$/, cohereEmbed],
  ['POST', /^\/v2\/rerank$/, cohereRerank],
  ['POST', /^\/v1\/messages$/, messages],
  ['POST', /^\/v1\/messages\/count_tokens$/, countMessageTokens],
];

/**
 * Creates a local server that implements the HTTP APIs of model providers, so that their own SDKs work with it unchanged.
 * It accepts any API key except `invalid`. Scripts decide about the responses; if none matches, a small deterministic
 * brain responds.
 */
export function createModelServer(options: ModelServerOptions = {}): ModelServer {
  const scripts = [...(options.scripts ?? [])];
  const requests: ModelRequest[] = [];
  let lastId = 0;
  const context: ServerContext = {
    cache: createPromptCache(),
    pace: { firstTokenMs: options.pace?.firstTokenMs ?? 0, tokenMs: options.pace?.tokenMs ?? 0 },
    nextId: (prefix) => {
      lastId += 1;
      return `${prefix}_${String(lastId).padStart(6, '0')}`;
    },
    decide: async (request) => {
      requests.push(request);
      const reply = (await firstAnswer(scripts, request)) ?? think(request);
      if (reply.fault?.kind === 'status') {
        const { status, message, retryAfterSeconds } = reply.fault;
        throw new RequestError(status, message ?? DEFAULT_MESSAGES[status], { retryAfterSeconds });
      }
      return reply;
    },
  };
  const server = createServer((request, response) => {
    void answer(request, response, context);
  });
  return {
    listen: (port) => listen(server, port),
    addScript: (script) => {
      scripts.unshift(script);
    },
    requests,
  };
}

const DEFAULT_MESSAGES = {
  400: 'The request is invalid.',
  401: 'Incorrect API key provided.',
  404: 'Not found.',
  429: 'Rate limit reached for requests per minute.',
  500: 'The server had an error while processing your request.',
  503: 'The service is temporarily unavailable.',
  529: 'Overloaded',
} as const;

async function firstAnswer(scripts: readonly Script[], request: ModelRequest): Promise<Reply | undefined> {
  for (const script of scripts) {
    const reply = await script(request);
    if (reply !== undefined) return reply;
  }
  return undefined;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: ServerContext,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const isAnthropic = request.headers['anthropic-version'] !== undefined || path.startsWith('/v1/messages');
  const shape = isAnthropic
    ? 'anthropic'
    : (ERROR_SHAPES.find(([start]) => start.test(path))?.[1] ?? 'openai');
  try {
    requireKey(request);
    if (request.method === 'GET' && path === '/v1/models') {
      sendJson(response, 200, modelList(isAnthropic));
      return;
    }
    for (const [method, pattern, endpoint] of ROUTES) {
      const found = request.method === method ? pattern.exec(path) : null;
      if (found === null) continue;
      await endpoint(await readBody(request), response, context, found.slice(1).map(decodeURIComponent));
      return;
    }
    throw new RequestError(404, `Invalid URL (${request.method} ${path})`, { code: 'unknown_url' });
  } catch (error) {
    sendError(response, error, shape, context);
  }
}

const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;

function requireKey(request: IncomingMessage): void {
  const { headers } = request;
  const key =
    KEY_HEADERS.map((name) => headers[name]).find((value) => value !== undefined) ??
    headers.authorization?.replace(/^Bearer\s+/i, '');
  if (key === undefined || key === '' || key === 'invalid') {
    throw new RequestError(401, DEFAULT_MESSAGES[401], { code: 'invalid_api_key' });
  }
}

function modelList(isAnthropic: boolean) {
  if (isAnthropic) {
    const data = listModels('anthropic').map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2025-01-01T00:00:00Z',
    }));
    return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  }
  const data = listModels('openai').map((id) => ({
    id,
    object: 'model',
    created: 1_735_689_600,
    owned_by: 'openai',
  }));
  return { object: 'list', data };
}

/** Parses a JSON body or a form. An empty body is an empty object. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new RequestError(400, 'The request body is too large.');
    parts.push(bytes);
  }
  const body = Buffer.concat(parts);
  const type = request.headers['content-type'] ?? '';
  try {
    if (type.startsWith('multipart/form-data')) {
      const form = await new Response(body, { headers: { 'content-type': type } }).formData();
      return Object.fromEntries(form);
    }
    return sizeBytes === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new RequestError(400, 'We could not parse the JSON body of your request.');
  }
}

type ErrorShape = 'openai' | 'anthropic' | 'google' | 'cohere' | 'bedrock';

const ERRORS: Readonly<Record<ErrorShape, (error: RequestError, requestId: string) => unknown>> = {
  openai: openaiError,
  anthropic: anthropicError,
  google: googleError,
  cohere: cohereError,
  bedrock: bedrockError,
};
const ERROR_SHAPES: readonly (readonly [path: RegExp, shape: ErrorShape])[] = [
  [/^\/v1(?:beta)?\/models\/[^/]+:/, 'google'],
  [/^\/v2\//, 'cohere'],
  [/^\/model\//, 'bedrock'],
];

function sendError(
  response: ServerResponse,
  error: unknown,
  shape: ErrorShape,
  context: ServerContext,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const refused =
    error instanceof RequestError
      ? error
      : new RequestError(500, error instanceof Error ? error.message : String(error));
  const requestId = context.nextId('req');
  const body = ERRORS[shape](refused, requestId);
  const retryAfter = refused.retryAfterSeconds ?? (refused.status === 429 ? 1 : undefined);
  sendJson(response, refused.status, body, {
    [shape === 'anthropic' ? 'request-id' : 'x-request-id']: requestId,
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
}

function listen(server: Server, port: number): Promise<{ url: string; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error(`Expected a TCP address, found ${String(address)}`));
        return;
      }
      resolve({ url: `http://127.0.0.1:${address.port}`, close: () => close(server) });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
