import { type Json, text } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt } from '../../patch/patch.ts';
import type { Destination } from '../model-call.ts';
import { providerOfUrl } from '../provider-of-host.ts';
import { type StainlessMethod, wrapStainless } from '../stainless/stainless.ts';
import { clientVersion, copiesToo } from '../stainless/stainless-client.ts';
import { speech, transcription } from './audio.ts';
import { batch } from './batches.ts';
import { chat, chatUsageRequest, completion } from './chat.ts';
import { embeddings } from './embeddings.ts';
import { images } from './images.ts';
import { responses } from './responses.ts';

const METHODS: readonly Omit<StainlessMethod, 'package'>[] = [
  { path: ['chat', 'completions'], method: 'create', operation: chat, usageRequest: chatUsageRequest },
  { path: ['completions'], method: 'create', operation: completion, usageRequest: chatUsageRequest },
  { path: ['responses'], method: 'create', operation: responses },
  { path: ['embeddings'], method: 'create', operation: embeddings },
  { path: ['images'], method: 'generate', operation: images },
  { path: ['images'], method: 'edit', operation: images },
  { path: ['images'], method: 'createVariation', operation: images },
  { path: ['audio', 'speech'], method: 'create', operation: speech },
  { path: ['audio', 'transcriptions'], method: 'create', operation: transcription },
  { path: ['audio', 'translations'], method: 'create', operation: transcription },
  { path: ['batches'], method: 'create', operation: batch('create') },
  { path: ['batches'], method: 'retrieve', operation: batch('retrieve') },
  { path: ['batches'], method: 'cancel', operation: batch('cancel') },
];

/** The package `openai`, for OpenAI, Azure and all servers with a compatible API. */
export const openai: Integration = {
  name: 'openai',
  package: 'openai',
  supported: '>=6.0.0 <8.0.0',
  kind: 'provider',
  patch: (exports) => {
    const OpenAI = exports.OpenAI ?? exports.default;
    for (const row of METHODS) {
      const resource = memberAt(OpenAI, row.path.map(capital));
      wrapStainless(memberAt(resource, ['prototype']), { package: 'openai', ...row }, destinationOf);
    }
    return undefined;
  },
  client: {
    recognises: (value) =>
      typeof memberAt(value, ['chat', 'completions', 'create']) === 'function' &&
      typeof memberAt(value, ['responses', 'create']) === 'function' &&
      typeof memberAt(value, ['baseURL']) === 'string',
    version: clientVersion,
    instrument: instrumentOpenAI,
  },
};

function instrumentOpenAI(client: object): void {
  for (const row of METHODS)
    wrapStainless(memberAt(client, row.path), { package: 'openai', ...row }, destinationOf);
  copiesToo(client, instrumentOpenAI);
}

function destinationOf(client: Json): Destination {
  const url = text(client.baseURL);
  const isAzure = /Azure/.test((client.constructor as { name?: string } | undefined)?.name ?? '');
  return { provider: isAzure ? 'azure.ai.openai' : providerOfUrl(url, 'openai'), url };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
