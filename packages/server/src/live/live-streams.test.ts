import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { waitFor } from '../../../../tests/support/wait-for.ts';
import type { EventStream } from './event-stream.ts';
import type { LiveMessage } from './live-message.ts';
import { LiveStreams } from './live-streams.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Connects clients that read only the head of the response. */
async function connect(streams: LiveStreams, count: number): Promise<EventStream[]> {
  const opened: EventStream[] = [];
  server = createServer((_request, response) => {
    opened.push(streams.open(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (let index = 0; index < count; index++) {
    const request = get({ port, host: '127.0.0.1', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => {});
  }
  return opened;
}

/** More than the system buffers for a client. */
const HUGE = 30_000_000;
const message = (bytes: number): LiveMessage => ({ bytes: Buffer.alloc(bytes, 'x'), spans: 1, scores: 0 });

it('a message counts once, even if many streams still have to send it', async () => {
  const streams = new LiveStreams({ maxStreams: 10, maxBytes: 2 * HUGE });
  const opened = await connect(streams, 5);
  const shared = message(HUGE);
  for (const stream of opened) stream.send(shared);
  expect(streams.bytes).toBe(HUGE);
});

it('above the limit, the streams that have waited longest lose their queue, then their connection', async () => {
  const streams = new LiveStreams({ maxStreams: 10, maxBytes: 2 * HUGE + 5_000 });
  const [first, second, third] = (await connect(streams, 3)) as [EventStream, EventStream, EventStream];
  first.send(message(HUGE));
  first.send(message(4_000));
  second.send(message(HUGE));
  expect([streams.bytes, first.queuedBytes]).toEqual([2 * HUGE + 4_000, 4_000]);
  second.send(message(3_000));
  expect([first.queuedBytes, second.queuedBytes]).toEqual([0, 3_000]);
  third.send(message(HUGE));
  expect(streams.bytes).toBe(2 * HUGE);
  await waitFor('the first stream to be closed', () => streams.count === 2);
  expect([second.waitingSince, third.waitingSince].every((since) => since !== undefined)).toBe(true);
});

it('has room for a maximum number of streams, and counts rejected ones', async () => {
  const onRefused = vi.fn();
  const observer = { onSent: () => {}, onLagged: () => {}, onRefused };
  const streams = new LiveStreams({ maxStreams: 2, observer });
  const [first] = (await connect(streams, 2)) as [EventStream];
  expect([streams.hasRoom(), onRefused.mock.calls.length]).toEqual([false, 1]);
  first.destroy();
  await waitFor('the stream to be closed', () => streams.count === 1);
  expect([streams.hasRoom(), onRefused.mock.calls.length]).toEqual([true, 1]);
});
