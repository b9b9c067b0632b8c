import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventStream } from './event-stream.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A client that has received the head of the answer and reads nothing yet. */
async function connect(
  maxBufferedBytes?: number,
): Promise<{ stream: EventStream; response: IncomingMessage }> {
  let stream: EventStream | undefined;
  server = createServer((_request, response) => {
    stream = new EventStream(response, maxBufferedBytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (!stream) throw new Error('no stream');
  return { stream, response };
}

describe('an event stream', () => {
  it('sends events in the form of the standard, and ends', async () => {
    const { stream, response } = await connect();
    stream.send('spans', { a: 'line\nbreak' });
    stream.end();
    stream.send('spans', { late: true });
    expect(await text(response)).toBe('retry: 2000\n\nevent: spans\ndata: {"a":"line\\nbreak"}\n\n');
  });

  it('tells a client that is too slow, lets it go, and keeps no more than its buffer', async () => {
    const { stream, response } = await connect(1_000_000);
    const closed = vi.fn();
    stream.onClose(closed);
    const event = { text: 'x'.repeat(100_000) };
    for (let count = 0; count < 1_000; count += 1) stream.send('spans', event);
    const received = await text(response);
    expect(received.endsWith('event: lagged\ndata: {}\n\n')).toBe(true);
    expect(received.length).toBeLessThan(20_000_000);
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  });

  it('says when the client has gone', async () => {
    const { stream, response } = await connect();
    const closed = vi.fn();
    stream.onClose(closed);
    response.destroy();
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
    stream.send('spans', {});
  });
});
