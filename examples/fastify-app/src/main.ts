import { createModelServer } from '@throughline/example-model-server';
import { init, instrument, shutdown } from '@throughline/sdk';
import OpenAI from 'openai';
import { createApp } from './create-app.ts';

const endpoint = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318';
const project = process.env.THROUGHLINE_PROJECT ?? 'examples';
init({ endpoint, project, serviceName: 'fastify-app', console: true });

// Uses a real provider if there is a key, otherwise the model server of the examples.
const models = process.env.OPENAI_API_KEY
  ? undefined
  : await createModelServer({ pace: { firstTokenMs: 200, tokenMs: 60 } }).listen(0);
const openai = instrument(
  models === undefined ? new OpenAI() : new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'example' }),
);

const app = createApp(openai);
const url = await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`curl -N ${url}/ask -H 'content-type: application/json' -d '{"question":"Say hello, slowly."}'`);
console.log(`Traces: ${endpoint}/?project=${project}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await app.close();
    await models?.close();
    await shutdown();
  });
