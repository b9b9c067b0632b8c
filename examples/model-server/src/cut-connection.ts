import type { ServerResponse } from 'node:http';
import type { Completion } from './completion.ts';
import { RequestError } from './request-error.ts';

/** Stream faults where there is no stream: a cut connection, or status 500. True if the connection was cut. */
export function cutConnection(response: ServerResponse, { fault }: Completion): boolean {
  if (fault?.kind === 'disconnect') {
    response.destroy();
    return true;
  }
  if (fault?.kind === 'stream-error') throw new RequestError(500, fault.message ?? 'Internal server error');
  return false;
}
