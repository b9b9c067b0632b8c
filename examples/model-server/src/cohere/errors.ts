import type { RequestError } from '../request-error.ts';

/** https://docs.cohere.com/reference/errors */
export function cohereError({ message }: RequestError, requestId: string) {
  return { id: requestId, message };
}
