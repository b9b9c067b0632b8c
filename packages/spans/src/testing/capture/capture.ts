/*
 * Writes the fixtures of `dialects/fixtures` that come from real clients, which it runs against the local model server:
 *   node --conditions=throughline-source packages/spans/src/testing/capture/capture.ts
 * Then review the diff and update the expectations with UPDATE_GOLDENS=1.
 */
import { createModelServer, when } from '@throughline/example-model-server';
import { captureAiSdk } from './ai-sdk.ts';
import { captureAiSdkLegacy } from './ai-sdk-legacy.ts';
import { captureAnthropic } from './anthropic.ts';
import { captureLangChain } from './langchain.ts';
import { captureLangfuse } from './langfuse.ts';
import { captureLangSmith } from './langsmith.ts';
import { captureOpenAi } from './openai.ts';
import { createRecorder } from './recorder.ts';
import { captureTraceloop } from './traceloop.ts';

const models = createModelServer({
  scripts: [
    when({ user: 'Fail' }, { fault: { kind: 'status', status: 500, message: 'The server had an error.' } }),
    when({ user: 'weather in Paris', times: Number.POSITIVE_INFINITY }, (request) =>
      request.turns.at(-1)?.role === 'tool'
        ? { text: 'It is 21 °C and sunny in Paris.' }
        : { toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris', unit: 'c' } }] },
    ),
    when({ user: 'Think' }, { text: '42', reasoning: 'Six times seven is forty-two.' }),
  ],
});
const { url, close } = await models.listen(0);
try {
  const recorder = createRecorder();
  await captureOpenAi(recorder, url);
  await captureAnthropic(recorder, url);
  await captureLangChain(recorder, url);
  await captureAiSdk(recorder, url);
  await captureAiSdkLegacy(recorder, url);
  await captureTraceloop(recorder, url);
  await captureLangfuse(recorder);
  // Last, because it replaces the global tracer provider.
  await captureLangSmith(recorder);
} finally {
  close();
}
