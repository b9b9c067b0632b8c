import type { RequestError } from '../request-error.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** https://docs.anthropic.com/en/api/errors */
export function anthropicError(error: RequestError, requestId: string) {
  return {
    type: 'error',
    error: { type: TYPES[error.status] ?? 'api_error', message: error.message },
    request_id: requestId,
  };
}
