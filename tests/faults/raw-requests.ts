/** Sends requests that no library would send, and returns the complete response. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import { Client, credentials, Metadata } from '@grpc/grpc-js';

export interface HttpAnswer {
  readonly status: number;
  /** Message of a `google.rpc.Status`, or the text of a body that is not JSON. */
  readonly message: string;
  readonly retryAfter: number | undefined;
}

export interface HttpPost {
  readonly body: Uint8Array | string;
  readonly type?: string;
  readonly encoding?: string;
  readonly project?: string;
}

export function httpPost(url: string, { body, type, encoding, project }: HttpPost): Promise<HttpAnswer> {
  const headers = {
    'content-type': type ?? 'application/x-protobuf',
    'content-length': String(Buffer.byteLength(body)),
    ...(encoding && { 'content-encoding': encoding }),
    'x-throughline-project': project ?? 'pressure',
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/v1/traces`, { method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const retryAfter = answer.headers['retry-after'];
        resolve({
          status: answer.statusCode ?? 0,
          message: messageOf(Buffer.concat(chunks)),
          retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The second field of a `google.rpc.Status`. */
function messageOf(bytes: Buffer): string {
  if (bytes[0] !== 0x08) return bytes.toString();
  const start = (bytes[3] ?? 0) < 0x80 ? 4 : 5;
  return bytes.subarray(start).toString();
}

export interface GrpcAnswer {
  /** Undefined if the stream ended without a status. */
  readonly code: number | undefined;
  readonly message: string;
  /** Whether there is a RetryInfo. */
  readonly retries: boolean;
}

export interface GrpcCall {
  readonly body: Uint8Array;
  readonly encoding?: string;
  readonly project?: string;
}

/** The same with gRPC's own client, which also receives a rejection while it is still sending a large body. */
export function grpcClientCall(url: string, { body, project }: GrpcCall): Promise<GrpcAnswer> {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  const metadata = new Metadata();
  metadata.set('x-throughline-project', project ?? 'pressure');
  const asIs = (bytes: Buffer): Buffer => bytes;
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from(body), metadata, (error) => {
      client.close();
      const details = error?.metadata.get('grpc-status-details-bin')[0];
      resolve({
        code: error?.code ?? 0,
        message: error?.details ?? '',
        retries: Buffer.from(details ?? '').includes('google.rpc.RetryInfo'),
      });
    });
  });
}

/** A call on its own connection. */
export async function grpcCall(url: string, { body, encoding, project }: GrpcCall): Promise<GrpcAnswer> {
  const session = connect(url);
  session.on('error', () => {});
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
    'x-throughline-project': project ?? 'pressure',
    ...(encoding && { 'grpc-encoding': encoding }),
  });
  const found: Record<string, unknown> = {};
  stream.on('error', () => {});
  // If a call is rejected before its body is sent, the response arrives while the stream is still open on this side.
  const answered = new Promise<void>((resolve) => {
    const take = (headers: object): void => {
      Object.assign(found, headers);
      if (found['grpc-status'] !== undefined) resolve();
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('close', resolve);
  });
  stream.resume();
  const prefix = Buffer.from([encoding ? 1 : 0, 0, 0, 0, 0]);
  prefix.writeUInt32BE(body.length, 1);
  stream.write(prefix);
  stream.end(body);
  await answered;
  session.destroy();
  const status = found['grpc-status'];
  const details = Buffer.from(String(found['grpc-status-details-bin'] ?? ''), 'base64');
  return {
    code: status === undefined ? undefined : Number(status),
    message: decodeURIComponent(String(found['grpc-message'] ?? '')),
    retries: details.includes('google.rpc.RetryInfo'),
  };
}
