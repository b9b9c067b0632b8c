/** Promises that are not awaited: the process gets their rejections as often as without the SDK. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProviderServer } from './support.ts';

const modelServer = createProviderServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
beforeAll(async () => {
  models = await modelServer.listen(0);
});
afterAll(() => models.close());

const PROGRAM = `
import { init, instrument, shutdown } from '@throughline/sdk';
import { InMemoryExporter } from '@throughline/sdk/testing';
import { GoogleGenAI } from '@google/genai';
import { waitFor } from '@throughline/tests/wait-for';
import OpenAI from 'openai';

const counts = { unhandled: 0, ended: 0 };
process.on('unhandledRejection', () => counts.unhandled++);
const spans = new InMemoryExporter();
if (process.argv[1] === 'sdk') init({ exporter: spans });
const traced = (client) => (process.argv[1] === 'sdk' ? instrument(client) : client);
const openai = traced(new OpenAI({ baseURL: process.env.MODELS_URL + '/v1', apiKey: 'any', maxRetries: 0 }));
const google = traced(new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: process.env.MODELS_URL } }));
const messages = [{ role: 'user', content: 'limit me' }];

// The promise is not handled.
void openai.chat.completions.create({ model: 'gpt-4o', messages });
void google.models.generateContent({ model: 'gemini-2.5-flash', contents: 'limit me' });
void openai.responses.parse({ model: 'gpt-4o', input: 'limit me' });
// The promise is handled.
openai.chat.completions.parse({ model: 'gpt-4o', messages }).catch(() => {});
openai.chat.completions.create({ model: 'gpt-4o', messages }).catch(() => {});
openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true }).asResponse().catch(() => {});
google.models.generateContent({ model: 'gemini-2.5-flash', contents: 'limit me' }).catch(() => {});
// Node reports an unhandled rejection after the callbacks that are already waiting.
await waitFor('the rejections', () => counts.unhandled >= 3 && (process.argv[1] !== 'sdk' || spans.spans.length >= 7));
for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
counts.ended = spans.spans.filter(({ errorType }) => errorType !== undefined).length;
console.log(JSON.stringify(counts));
await shutdown();
`;

async function run(mode: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=throughline-source', '--input-type=module', '-e', PROGRAM, mode],
    { cwd: import.meta.dirname, env: { PATH: process.env.PATH, MODELS_URL: models.url } },
  );
  return JSON.parse(stdout);
}

it('are the same with and without the SDK', async () => {
  const [bare, sdk] = await Promise.all([run('bare'), run('sdk')]);
  expect(bare).toEqual({ unhandled: 3, ended: 0 });
  expect(sdk).toEqual({ unhandled: 3, ended: 7 });
});
