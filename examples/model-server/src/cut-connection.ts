import type { ServerResponse } from 'node:http';
import type { Completion } from './completion.ts';
import { RequestError } from './request-error.ts';

/** Applies stream faults to a non-streamed response: closes the connection (returns true) or throws status 500. */
export function cutConnection(response: ServerResponse, { fault }: Completion): boolean {
  if (fault?.kind === 'disconnect') {
    response.destroy();
    return true;
  }
  if (fault?.kind === 'stream-error') throw new RequestError(500, fault.message ?? 'Internal server error');
  return false;
}
