import { createModelServer } from '@throughline/example-model-server';
import { flush, init, instrument, stats, withContext } from '@throughline/sdk';
import OpenAI from 'openai';
import { runAgent } from './run-agent.ts';

const question = process.argv[2] ?? 'What is the state of the orders A-1001, A-1002 and B-7777?';
const endpoint = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318';
const project = process.env.THROUGHLINE_PROJECT ?? 'examples';

init({ endpoint, project, serviceName: 'order-agent', console: true });

// Uses a real provider if there is a key, otherwise the model server of the examples.
const models = process.env.OPENAI_API_KEY
  ? undefined
  : await createModelServer({ pace: { firstTokenMs: 120, tokenMs: 4 } }).listen(0);
const openai = instrument(
  models === undefined ? new OpenAI() : new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'example' }),
);

try {
  console.log(await withContext({ feature: 'orders', userId: 'u-17' }, () => runAgent(openai, question)));
} finally {
  await flush(2_000);
  await models?.close();
}
const { sent, lastError } = stats() ?? { sent: 0 };
console.log(sent > 0 ? `Traces: ${endpoint}/?project=${project}` : `No server at ${endpoint}: ${lastError}`);
