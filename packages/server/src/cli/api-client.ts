import type { Problem } from '../contract/problem.ts';

/** Ends the command with a message and this exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  constructor(message: string, exitCode = 1, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

export interface ApiTarget {
  /** Address of the server, such as `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly project: string | undefined;
  /** The API key of the server, if it needs one. */
  readonly apiKey?: string | undefined;
}

type Query = Readonly<Record<string, string | number | undefined>>;

interface ApiRequest {
  /** Default: GET. */
  readonly method?: 'DELETE' | 'POST' | 'PUT';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** Sends a request below `/api/v1`. Throws a CliError, with the explanation of the server if there is one. */
export async function callApi(
  target: ApiTarget,
  path: string,
  query: Query = {},
  init: ApiRequest = {},
): Promise<Response> {
  const url = apiUrl(target, path, query);
  let response: Response;
  try {
    response = await fetch(url, {
      method: init.method ?? 'GET',
      headers: {
        accept: init.accept ?? 'application/json',
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(target.apiKey === undefined ? {} : { authorization: `Bearer ${target.apiKey}` }),
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new CliError(
      `No Throughline answers at ${target.url}. Start one with "throughline start", or set a different address with --url.`,
      1,
      error,
    );
  }
  if (response.ok) return response;
  throw new CliError(await explain(response, target.url));
}

/** Sends a GET request. See {@link callApi}. */
export function getFromApi(
  target: ApiTarget,
  path: string,
  query: Query = {},
  init: Omit<ApiRequest, 'method' | 'body'> = {},
): Promise<Response> {
  return callApi(target, path, query, init);
}

function apiUrl({ url, project }: ApiTarget, path: string, query: Query): URL {
  let address: URL;
  try {
    address = new URL(`/api/v1${path}`, url);
  } catch (error) {
    throw new CliError(`--url ${url} is not an address such as http://127.0.0.1:4318.`, 2, error);
  }
  for (const [name, value] of Object.entries({ project, ...query })) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
}

async function explain(response: Response, url: string): Promise<string> {
  if (!response.headers.get('content-type')?.includes('application/problem+json')) {
    return `${url} answered ${response.status} and does not seem to be a Throughline server.`;
  }
  const { title, detail } = (await response.json()) as Problem;
  return detail ? `${title}: ${detail}` : title;
}
