import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { Admission } from '../../admission/admission.ts';
import { admitBodies } from '../../admission/admit-bodies.ts';
import type { AnsweredRequest } from '../answered-request.ts';
import { langSmithPlugin } from './langsmith-plugin.ts';

it.each([
  [
    '/runs/multipart',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="feedback.f"\r\n\r\n{"run_id":"r","key":"k","score":1}\r\n--b--\r\n',
  ],
  ['/feedback', 'application/json', '{"run_id":"r","key":"k","score":1}'],
])('feedback is dropped if the client disconnects while its run is awaited: %s', async (path, type, body) => {
  const admission = new Admission({ maxBytes: 400_000 });
  const app = Fastify({ forceCloseConnections: true });
  admitBodies(app, { admission });
  const answered: AnsweredRequest[] = [];
  const accepted: unknown[] = [];
  const waiting = Promise.withResolvers<AbortSignal>();
  const failed = Promise.withResolvers<Error>();
  app.addHook('onError', async (_request, _reply, error) => failed.resolve(error));
  await app.register(langSmithPlugin, {
    base: '',
    isWhole: false,
    maxBodyBytes: 10_000,
    now: () => 1n,
    recordProblem: () => {},
    onAnswered: (request) => answered.push(request),
    findRun: () => undefined,
    acceptPatches: async () => {},
    acceptScores: async (...given) => {
      accepted.push(given);
      return [];
    },
    awaitRuns: (_runIds, signal) => {
      waiting.resolve(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
  });
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const signal = await waiting.promise;
  socket.destroy();
  expect((await failed.promise).message).toBe('the client disconnected before its feedback was stored');
  await app.close();
  expect({ isAborted: signal.aborted, accepted, held: admission.bytes }).toEqual({
    isAborted: true,
    accepted: [],
    held: 0,
  });
  const isRecording = path === '/runs/multipart';
  expect(answered.map(({ status }) => status)).toEqual(isRecording ? ['aborted'] : []);
});
