import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitFor } from '../../../../tests/support/wait-for.ts';
import { EventStream } from './event-stream.ts';
import { type LiveMessage, scoresMessage, spansMessage } from './live-message.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Connects a client that has received the head of the response and does not read the body yet. */
async function connect() {
  const held = new Map<LiveMessage, number>();
  const onLagged = vi.fn();
  let sentBytes = 0;
  const observer = {
    hold: (message: LiveMessage) => void held.set(message, (held.get(message) ?? 0) + 1),
    release: (message: LiveMessage) => {
      const holders = (held.get(message) ?? 0) - 1;
      if (holders > 0) held.set(message, holders);
      else held.delete(message);
    },
    onSent: (bytes: number) => {
      sentBytes += bytes;
    },
    onLagged,
  };
  let stream: EventStream | undefined;
  server = createServer((_request, response) => {
    stream = new EventStream(response, observer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (!stream) throw new Error('no stream');
  return { stream, response, held, onLagged, sentBytes: () => sentBytes };
}

/** A message of about `bytes` bytes that declares `spans` spans. */
const large = (spans: number, bytes: number): LiveMessage => ({
  bytes: Buffer.from(`event: spans\ndata: ${spans}${'x'.repeat(bytes)}\n\n`),
  spans,
  scores: 0,
});

const events = (received: string) =>
  received
    .split('\n\n')
    .filter((block) => block.startsWith('event'))
    .map((block) => block.replace(/x+$/, '').split('\n'));

describe('an event stream', () => {
  it('sends events in the format of the standard, in order, and ends', async () => {
    const { stream, response, held } = await connect();
    stream.send(spansMessage([], 3));
    stream.send(scoresMessage([], 0));
    await waitFor('both to be sent', () => held.size === 0);
    stream.end();
    stream.send(spansMessage([], 9));
    expect(await text(response)).toBe(
      'retry: 2000\n\nevent: spans\ndata: {"spans":[],"more":3}\n\n' +
        'event: scores\ndata: {"scores":[],"more":0}\n\n',
    );
  });

  it('drops the queue of a client that does not read, and reports the number of missed rows to it', async () => {
    const { stream, response, held, onLagged } = await connect();
    // This is more than the buffers of the system can hold.
    stream.send(large(1, 30_000_000));
    for (let count = 0; count < 100; count++) stream.send(large(10, 1_000_000));
    expect(stream.queuedBytes).toBeLessThan(5_000_000);
    expect(held.size).toBeLessThan(6);
    stream.dropQueue();
    expect(held.size).toBe(1);
    stream.send(large(7, 10));
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    await waitFor('everything to be sent', () => held.size === 0);
    stream.end();
    await once(response, 'end');
    expect(events(Buffer.concat(chunks).toString())).toEqual([
      ['event: spans', 'data: 1'],
      ['event: lagged', 'data: {"spans":1000,"scores":0}'],
      ['event: spans', 'data: 7'],
    ]);
    expect(onLagged.mock.calls).toEqual([[1000]]);
  });

  it('does not write heartbeats to a client that does not read, and disconnects it after a minute', async () => {
    const { stream, response, held } = await connect();
    response.on('error', () => {});
    stream.send(large(1, 30_000_000));
    const now = performance.now();
    stream.beat(now + 59_000);
    expect(held.size).toBe(1);
    stream.beat(now + 61_000);
    expect(held.size).toBe(0);
    await waitFor('the connection to end', () => response.destroyed || response.readableAborted);
  });

  it('reports that the client has disconnected, and releases all messages', async () => {
    const { stream, response, held } = await connect();
    const closed = vi.fn();
    stream.onClose(closed);
    stream.send(large(1, 30_000_000));
    stream.send(large(1, 10));
    response.destroy();
    await waitFor('the stream to close', () => closed.mock.calls.length === 1);
    stream.send(spansMessage([], 0));
    expect(held.size).toBe(0);
  });
});
