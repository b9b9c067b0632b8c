/** The last service. It takes questions from the queue and answers them with a model. */
import { join } from 'node:path';
import { chain, extract, init, instrument, shutdown } from '@throughline/sdk';
import OpenAI from 'openai';
import { putMessage, takeMessages } from './file-queue.ts';
import { type Answer, decodeQuestion, type QueuedQuestion } from './messages.ts';

const queue = process.env.QUEUE ?? 'queue';
init({ serviceName: 'consumer' });
const openai = instrument(new OpenAI());

const answerQuestion = chain(
  async ({ question, documents }: QueuedQuestion): Promise<string> => {
    const found = documents.map(({ id, content }) => `<document id="${id}">${content}</document>`);
    const { choices } = await openai.chat.completions.create({
      model: process.env.MODEL ?? 'gpt-4o-mini',
      messages: [{ role: 'user', content: [...found, `Question: ${question}`].join('\n') }],
    });
    return choices[0]?.message.content ?? '';
  },
  { name: 'answer question', input: ({ question }) => question },
);

async function answerMessage(message: unknown): Promise<void> {
  const question = decodeQuestion(message);
  // Spans inside `extract` continue the trace of the message.
  const text = await extract(question.trace, () => answerQuestion(question)).catch(
    (error: unknown) => `No answer: ${error}`,
  );
  const answer: Answer = { text };
  await putMessage(join(queue, 'answers'), question.id, answer);
}

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
console.log('ready');
for await (const message of takeMessages(join(queue, 'questions'), controller.signal)) {
  await answerMessage(message).catch((error: unknown) => console.error(error));
}
await shutdown();
