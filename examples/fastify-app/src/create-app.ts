import { Readable } from 'node:stream';
import { chain, updateSpan, withContext } from '@throughline/sdk';
import Fastify, { type FastifyInstance } from 'fastify';
import type OpenAI from 'openai';

interface Ask {
  readonly question: string;
}

const ASK_SCHEMA = {
  type: 'object',
  required: ['question'],
  properties: { question: { type: 'string', minLength: 1, maxLength: 2_000 } },
};

/**
 * Creates the application. `POST /ask` streams the model's answer as plain text.
 *
 *     POST /ask             ends when the last piece is sent or the client disconnects
 *     └─ chat gpt-4o-mini   with time to first token
 *
 * @param openai A client that is traced with `instrument` or `--import @throughline/sdk/register`.
 */
export function createApp(openai: OpenAI): FastifyInstance {
  const app = Fastify();

  // The span of a generator ends when it is read completely, closed, or fails.
  const answer = chain(
    async function* (question: string) {
      const model = process.env.MODEL ?? 'gpt-4o-mini';
      const stream = await openai.chat.completions.create({
        model,
        stream: true,
        messages: [{ role: 'user', content: question }],
      });
      let characters = 0;
      for await (const chunk of stream) {
        const text = chunk.choices[0]?.delta.content ?? '';
        characters += text.length;
        if (text !== '') yield text;
      }
      updateSpan({ metadata: { characters } });
    },
    { name: 'POST /ask' },
  );

  app.post<{ Body: Ask }>('/ask', { schema: { body: ASK_SCHEMA } }, (request, reply) => {
    const user = String(request.headers['x-user'] ?? 'guest');
    const pieces = withContext({ userId: user, feature: 'ask' }, () => answer(request.body.question));
    return reply.type('text/plain; charset=utf-8').send(Readable.from(pieces));
  });
  return app;
}
