import { RequestError } from './request-error.ts';

type Owner = 'openai' | 'anthropic' | 'google' | 'mistral' | 'cohere' | 'bedrock';

/** Supported models. Their dated versions, e.g. `gpt-4o-2024-08-06`, are supported too. */
const MODELS: Readonly<Record<Owner, readonly string[]>> = {
  openai: [
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-4.1',
    'gpt-4.1-mini',
    'gpt-5',
    'gpt-5-mini',
    'gpt-5-nano',
    'o3',
    'o4-mini',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'gpt-image-1',
    'gpt-4o-mini-tts',
    'gpt-4o-transcribe',
    'whisper-1',
  ],
  anthropic: [
    'claude-sonnet-4',
    'claude-sonnet-4-5',
    'claude-opus-4-1',
    'claude-haiku-4-5',
    'claude-3-5-haiku',
    'claude-3-7-sonnet',
  ],
  google: ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-embedding-001'],
  mistral: ['mistral-large', 'mistral-small', 'mistral-embed'],
  cohere: ['command-r-plus', 'command-a-03-2025', 'embed-v4.0', 'rerank-v3.5'],
  bedrock: [
    'anthropic.claude-sonnet-4-20250514-v1:0',
    'amazon.nova-pro-v1:0',
    'amazon.titan-text-express-v1',
    'amazon.titan-embed-text-v2:0',
  ],
};

/** Whether a model always reasons before it answers. */
export function alwaysReasons(model: string): boolean {
  return /^(gpt-5|o\d)/.test(model);
}

export function listModels(owner: Owner): readonly string[] {
  return MODELS[owner];
}

/** Throws status 404 if the model does not exist. */
export function requireModel(owner: Owner, model: string): void {
  const known = MODELS[owner].some((name) => model === name || isDated(model, name));
  if (known) return;
  const message =
    owner === 'openai'
      ? `The model \`${model}\` does not exist or you do not have access to it.`
      : `model: ${model}`;
  throw new RequestError(404, message, { code: 'model_not_found' });
}

function isDated(model: string, name: string): boolean {
  return model.startsWith(`${name}-`) && /^(\d|latest)/.test(model.slice(name.length + 1));
}
