/** The first service. It receives a question over HTTP, passes it on, and waits for the answer of the last service. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { chain, init, inject, shutdown, withContext } from '@throughline/sdk';
import { putMessage, takeMessage } from './file-queue.ts';
import type { Answer, QueuedQuestion } from './messages.ts';

const ANSWER_TIMEOUT_MS = 30_000;
const queue = process.env.QUEUE ?? 'queue';
const workerUrl = process.env.WORKER_URL;

// All services belong to the same application, so user and feature may be sent to them.
init({ serviceName: 'gateway', propagateContext: true });

const ask = chain(
  async (question: string): Promise<string> => {
    const id = randomUUID();
    await (workerUrl === undefined ? enqueue(id, question) : askWorker(workerUrl, id, question));
    const answer = await takeMessage(join(queue, 'answers'), id, ANSWER_TIMEOUT_MS);
    return (answer as Answer).text;
  },
  { name: 'POST /ask' },
);

/** `fetch` sends the trace context automatically. */
async function askWorker(url: string, id: string, question: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ id, question }) });
  if (!response.ok) throw new Error(`Expected status 200 of the worker, found ${response.status}`);
}

async function enqueue(id: string, question: string): Promise<void> {
  const message: QueuedQuestion = { id, question, documents: [], trace: inject() };
  await putMessage(join(queue, 'questions'), id, message);
}

const server = createServer(async (request, response) => {
  try {
    const user = { userId: String(request.headers['x-user'] ?? 'guest'), feature: 'help' };
    const question = await readQuestion(request);
    response.end(await withContext(user, () => ask(question)));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});

async function readQuestion(request: IncomingMessage): Promise<string> {
  const { question } = JSON.parse(await text(request)) as { question?: unknown };
  if (typeof question !== 'string') throw new TypeError('Expected a body {"question": "…"}');
  return question;
}

server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void shutdown();
  });
