import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** Sends a request with exactly these headers, including `Host`, which `fetch` does not allow. */
export function sendRequest(
  url: string,
  {
    method = 'GET',
    headers,
    body,
  }: { readonly method?: string; readonly headers: Record<string, string>; readonly body?: string },
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, async (response) => {
      try {
        const text = Buffer.concat(await response.toArray()).toString();
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: text, headers: response.headers });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject).end(body);
  });
}
