import Fastify from 'fastify';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { replyWithProblem } from './problem-reply.ts';

it('the log of a failed request contains its path but not its query, which may contain private text', async () => {
  const lines: string[] = [];
  const app = Fastify({ loggerInstance: pino({}, { write: (line: string) => lines.push(line) }) });
  app.setErrorHandler(replyWithProblem);
  app.get('/traces', () => {
    throw new Error('a defect');
  });
  const { statusCode, body } = await app.inject('/traces?q=ada%40example.com&from=x');
  await app.close();
  expect([statusCode, JSON.parse(body).code]).toEqual([500, 'internal']);
  const failed = lines.filter((line) => line.includes('a request failed'));
  expect(failed).toHaveLength(1);
  expect(JSON.parse(failed[0] ?? '')).toMatchObject({ path: '/traces', err: { message: 'a defect' } });
  expect(failed.join('')).not.toContain('ada');
});
