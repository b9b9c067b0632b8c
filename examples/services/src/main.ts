import { createModelServer } from '@throughline/example-model-server';
import { hasPython, PIP_COMMAND } from './python.ts';
import { startServices } from './start-services.ts';

const question = process.argv[2] ?? 'Within how many days can items be returned?';
const endpoint = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318';
const project = process.env.THROUGHLINE_PROJECT ?? 'examples';

const python = hasPython();
if (!python)
  console.warn(
    `Skipping the Python worker; the gateway fills the queue itself. To run all three services:\n  ${PIP_COMMAND}`,
  );

// Uses a real provider if there is a key, otherwise the model server of the examples.
const models = process.env.OPENAI_API_KEY ? undefined : await createModelServer().listen(0);
const services = await startServices({
  endpoint,
  project,
  modelsUrl: models && `${models.url}/v1`,
  python,
});
try {
  const response = await fetch(services.url, {
    method: 'POST',
    headers: { 'x-user': 'u-17' },
    body: JSON.stringify({ question }),
  });
  console.log(await response.text());
} finally {
  await services.stop();
  await models?.close();
}
console.log(`Traces: ${endpoint}/?project=${project}`);
