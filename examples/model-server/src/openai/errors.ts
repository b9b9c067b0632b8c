import type { RequestError } from '../request-error.ts';

const TYPES: Readonly<Record<number, { type: string; code: string | null }>> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  404: { type: 'invalid_request_error', code: 'not_found' },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
  500: { type: 'server_error', code: null },
  503: { type: 'server_error', code: null },
};

/** https://platform.openai.com/docs/guides/error-codes */
export function openaiError(error: RequestError) {
  const { type, code } = TYPES[error.status] ?? { type: 'server_error', code: null };
  return { error: { message: error.message, type, param: error.param, code: error.code ?? code } };
}
