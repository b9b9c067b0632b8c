import { setTimeout } from 'node:timers/promises';
import { type ApiTarget, CliError } from '../api-client.ts';

/** Attempts while the server is overloaded or its store is away: about five minutes. */
const MAX_ATTEMPTS = 100;
const DEFAULT_WAIT_SECONDS = 3;

/** Sends JSON to a path of the server and returns the parsed response. Waits while the server cannot take more. */
export async function sendJson(
  target: ApiTarget,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const response = await post(target, path, body, signal);
    if (response.ok) return response.json().catch(() => ({}));
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const isTemporary = response.status === 429 || response.status === 503;
    if (!isTemporary || attempt >= MAX_ATTEMPTS)
      throw new CliError(
        `The server rejected the data with ${response.status}: ${await messageOf(response)}`,
      );
    const seconds = Number.isFinite(retryAfter) ? retryAfter : DEFAULT_WAIT_SECONDS;
    await setTimeout(seconds * 1000, undefined, { signal });
  }
}

async function post(target: ApiTarget, path: string, body: string, signal: AbortSignal): Promise<Response> {
  const { url, project, apiKey } = target;
  try {
    return await fetch(new URL(path, url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(project === undefined ? {} : { 'x-throughline-project': headerOf(project) }),
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CliError(
      `No Throughline answers at ${url}. Start one with "throughline start", or set a different address with --url.`,
      1,
      error,
    );
  }
}

/** Headers are bytes; the server reads them as UTF-8. */
function headerOf(project: string): string {
  return Buffer.from(project, 'utf8').toString('latin1');
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { detail, message } = JSON.parse(text) as { detail?: string; message?: string };
    return detail ?? message ?? text.slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}
