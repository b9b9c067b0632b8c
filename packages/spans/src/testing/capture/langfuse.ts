import { propagateAttributes, setLangfuseTracerProvider, startActiveObservation } from '@langfuse/tracing';
import type { Producer, Recorder } from './recorder.ts';
import { SYSTEM } from './samples.ts';

const PRODUCER: Producer = {
  dialect: 'langfuse',
  packageName: '@langfuse/tracing',
  scope: 'langfuse-sdk',
};

const MESSAGES = [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: 'What is the weather in Paris?' },
];

export async function captureLangfuse({ provider, record }: Recorder): Promise<void> {
  setLangfuseTracerProvider(provider);
  const save = (name: string, program: () => Promise<unknown>) => record(PRODUCER, name, program);

  await save('agent', () =>
    propagateAttributes(
      { userId: 'user-1', sessionId: 'session-1', tags: ['weather'], metadata: { plan: 'pro' } },
      () =>
        startActiveObservation(
          'weather agent',
          async (agent) => {
            agent.update({ input: 'What is the weather in Paris?', metadata: { attempt: 1 } });
            agent
              .startObservation(
                'ask',
                {
                  model: 'gpt-4o-2024-08-06',
                  modelParameters: { temperature: 0.2 },
                  input: MESSAGES,
                  output: {
                    role: 'assistant',
                    content: null,
                    tool_calls: [
                      {
                        id: 'call_1',
                        type: 'function',
                        function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
                      },
                    ],
                  },
                  completionStartTime: new Date('2026-11-20T10:00:00.300Z'),
                  usageDetails: {
                    input: 476,
                    input_cached_tokens: 1024,
                    output: 30,
                    output_reasoning_tokens: 10,
                  },
                },
                { asType: 'generation' },
              )
              .end();
            agent
              .startObservation(
                'get_weather',
                { input: { city: 'Paris' }, output: { temperature: 21 } },
                { asType: 'tool' },
              )
              .end();
            agent
              .startObservation(
                'search',
                {
                  input: 'return policy',
                  output: [{ id: 'd1', content: 'Thirty days.', score: 0.9 }],
                },
                { asType: 'retriever' },
              )
              .end();
            agent.update({ output: 'It is 21 °C and sunny in Paris.' });
          },
          { asType: 'agent' },
        ),
    ),
  );

  await save('error', () =>
    startActiveObservation(
      'ask',
      async (generation) => {
        generation.update({
          model: 'claude-sonnet-4-5',
          input: MESSAGES,
          level: 'ERROR',
          statusMessage: 'The server had an error.',
          usageDetails: {
            input: 50,
            output: 40,
            cache_read_input_tokens: 1024,
            cache_creation_input_tokens: 200,
          },
          costDetails: { input: 0.00015, output: 0.0006, cache_read_input_tokens: 0.0003072 },
          prompt: { name: 'weather', version: 3, isFallback: false },
        });
      },
      { asType: 'generation' },
    ),
  );
}
