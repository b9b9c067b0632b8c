import createClient, { defaultPathSerializer } from 'openapi-fetch';
import { clientError, toApiError } from './api-error.ts';
import type { paths } from './schema.generated.d.ts';

/**
 * The address to which the paths of the API are added. On the page of a shared trace, `/share/<token>`, the API is below the
 * page, and has nothing but that trace.
 */
export const API_BASE = location.origin + (/^\/share\/[^/]+/.exec(location.pathname)?.[0] ?? '');

/** Client for the API at the origin that served this page. No request goes to any other origin. */
export const api = createClient<paths>({
  baseUrl: API_BASE,
  // `fetch` would resolve ids `.` and `..`, so they are encoded twice.
  pathSerializer: (path, params) =>
    defaultPathSerializer(
      path,
      Object.fromEntries(
        Object.entries(params).map(([name, value]) => [
          name,
          value === '.' || value === '..' ? value.replaceAll('.', '%2E') : value,
        ]),
      ),
    ),
});

interface Outcome<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** Returns the body of a successful response. Throws `ApiError`, or the original error if the request was aborted. */
export async function answerOf<Data>(request: Promise<Outcome<Data>>): Promise<Data> {
  let outcome: Outcome<Data>;
  try {
    outcome = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    if (error instanceof SyntaxError)
      throw clientError('unreadable', {
        status: 200,
        title: 'The response is not JSON',
        detail: error.message,
        cause: error,
      });
    throw clientError('unreachable', {
      status: 0,
      title: 'The server is not reachable',
      detail: `There was no response from ${location.origin}. Is Throughline still running?`,
      cause: error,
    });
  }
  // A response without a body.
  if (outcome.response.status === 204) return undefined as Data;
  if (outcome.data === undefined) throw toApiError(outcome.response.status, outcome.error);
  return outcome.data;
}
