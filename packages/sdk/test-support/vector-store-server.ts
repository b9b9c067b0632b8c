import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoreRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON. Undefined if there is no body. */
  readonly body: unknown;
}

/** Status and JSON of a response. */
export interface StoreReply {
  readonly status?: number;
  readonly json: unknown;
}

export interface VectorStoreServer {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly StoreRequest[];
  close(): Promise<void>;
}

/** Starts a local server for the part of a vector store's HTTP API that a test uses. Other requests get 404. */
export async function startVectorStoreServer(
  answer: (request: StoreRequest) => StoreReply | undefined,
): Promise<VectorStoreServer> {
  const requests: StoreRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request: StoreRequest = {
      method: incoming.method ?? '',
      path: (incoming.url ?? '').split('?')[0] ?? '',
      headers: incoming.headers,
      body: await readJson(incoming),
    };
    requests.push(request);
    const { status = 200, json } = answer(request) ?? { status: 404, json: { error: `no ${request.path}` } };
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

/** Three pages of a handbook with their vectors. */
export const PAGES: readonly {
  readonly id: string;
  readonly text: string;
  readonly vector: readonly number[];
}[] = [
  { id: 'returns', text: 'Returns are free within thirty days.', vector: [1, 0, 0] },
  { id: 'shipping', text: 'Shipping takes two days.', vector: [0, 1, 0] },
  { id: 'warranty', text: 'The warranty lasts two years.', vector: [0.6, 0.8, 0] },
];

/** Ranks the pages by dot product, as a vector store does. */
export function nearest(vector: readonly number[], limit: number) {
  return PAGES.map((page) => ({
    ...page,
    score: page.vector.reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0),
  }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}
