import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Completion } from './completion.ts';

/** One server-sent event. `data` is sent as JSON; a string is sent unchanged. */
export interface StreamEvent {
  readonly event?: string;
  readonly data: unknown;
  /** Whether the model generates this chunk. Such chunks are delayed, and faults count them. */
  readonly generated?: boolean;
}

/** How events are encoded. */
export interface StreamFormat {
  readonly contentType: string;
  readonly encode: (event: StreamEvent) => string | Uint8Array;
  /** Data that clients ignore. When it has been written, everything before it has been written too. */
  readonly padding: string | undefined;
}

const SSE: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  encode: ({ event, data }) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
  },
  padding: ': \n\n',
};

/** Sends the events with the completion's delays, up to its fault if it has one. Stops if the client disconnects. */
export async function sendEvents(
  response: ServerResponse,
  events: readonly StreamEvent[],
  completion: Completion,
  errorEvent: (message: string) => StreamEvent,
  format: StreamFormat = SSE,
): Promise<void> {
  response.writeHead(200, {
    'content-type': format.contentType,
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
  const { fault, pace } = completion;
  let generated = 0;
  for (const event of events) {
    if (event.generated) {
      if (fault !== undefined && fault.kind !== 'status' && generated >= fault.afterChunks) {
        if (fault.kind === 'disconnect') {
          await flushed(response, format.padding ?? '');
          response.destroy();
          return;
        }
        const message = fault.message ?? 'The server had an error while processing your request.';
        response.write(format.encode(errorEvent(message)));
        response.end();
        return;
      }
      await pause(generated === 0 ? pace.firstTokenMs : pace.tokenMs);
      generated += 1;
    }
    if (response.destroyed) return;
    response.write(format.encode(event));
  }
  response.end();
}

/** Waits as long as all chunks of a stream would take, before a response without streaming. */
export async function pauseForWhole(completion: Completion): Promise<void> {
  const chunks = completion.outputTokens;
  await pause(completion.pace.firstTokenMs + completion.pace.tokenMs * chunks);
}

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await delay(milliseconds);
}

/** Waits until all data is written, so that the connection is closed after it and not before. */
function flushed(response: ServerResponse, padding: string): Promise<void> {
  return new Promise((resolve) => {
    response.write(padding, () => setImmediate(resolve));
  });
}
