import { crc32 } from 'node:zlib';
import type { StreamEvent, StreamFormat } from '../sse.ts';

/*
 * AWS's binary event stream. A frame contains: total length, length of the headers, CRC of these eight bytes, headers,
 * payload, CRC of everything before. A header contains: length of the name, name, type (7 is a string), length of the
 * value in two bytes, value.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export const EVENT_STREAM: StreamFormat = {
  contentType: 'application/vnd.amazon.eventstream',
  encode: encodeEvent,
  padding: undefined,
};

/** Encodes one event. Events whose name ends in `Exception` are errors. */
export function encodeEvent({ event = 'chunk', data }: StreamEvent): Buffer {
  const isError = event.endsWith('Exception');
  const headers = Buffer.concat([
    header(':message-type', isError ? 'exception' : 'event'),
    header(isError ? ':exception-type' : ':event-type', event),
    header(':content-type', 'application/json'),
  ]);
  const payload = Buffer.from(JSON.stringify(data));
  const frame = Buffer.alloc(12 + headers.length + payload.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  payload.copy(frame, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

function header(name: string, value: string): Buffer {
  const head = Buffer.from([name.length, ...Buffer.from(name), 7, value.length >> 8, value.length & 0xff]);
  return Buffer.concat([head, Buffer.from(value)]);
}
