import type { RequestError } from '../request-error.ts';

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** https://ai.google.dev/gemini-api/docs/troubleshooting */
export function googleError({ status, message }: RequestError) {
  return { error: { code: status, message, status: STATUS[status] ?? 'UNKNOWN' } };
}
