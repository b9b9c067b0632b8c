import { ThroughlineError } from '../../errors/errors.ts';

export interface Part {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

const MAX_PARTS = 100_000;
const MAX_HEADER_BYTES = 8 << 10;

/**
 * Splits a body of `multipart/form-data`. Source: RFC 7578, RFC 2046 section 5.1.
 *
 * @throws ThroughlineError malformed-body, unsupported-content-type
 */
export function splitMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = boundaryOf(contentType);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  // The first delimiter has no line break before it.
  const first = body.indexOf(delimiter.subarray(2));
  let at = first === -1 ? body.length : first + delimiter.length - 2;
  while (at < body.length && !isClosing(body, at)) {
    const headersEnd = body.indexOf('\r\n\r\n', at);
    if (headersEnd === -1 || headersEnd - at > MAX_HEADER_BYTES)
      throw new ThroughlineError('malformed-body', `part ${parts.length} of the body has no headers`);
    const end = body.indexOf(delimiter, headersEnd + 2);
    if (end === -1)
      throw new ThroughlineError('malformed-body', `part ${parts.length} of the body does not end`);
    const headers = body.toString('utf8', at, headersEnd);
    parts.push({
      name: /^content-disposition:.*?\bname="([^"]*)"/im.exec(headers)?.[1] ?? '',
      contentType: /^content-type:\s*([^;\r\n]+)/im.exec(headers)?.[1]?.trim() ?? '',
      bytes: body.subarray(Math.min(headersEnd + 4, end), end),
    });
    if (parts.length > MAX_PARTS)
      throw new ThroughlineError('body-too-large', `the body has more than ${MAX_PARTS} parts`);
    at = end + delimiter.length;
  }
  return parts;
}

function boundaryOf(contentType: string): string {
  const found = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(
    contentType,
  );
  const boundary = found?.[1] ?? found?.[2];
  if (boundary !== undefined) return boundary;
  throw new ThroughlineError(
    'unsupported-content-type',
    `the content type is ${JSON.stringify(contentType)}, expected multipart/form-data with a boundary`,
  );
}

function isClosing(body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d;
}
