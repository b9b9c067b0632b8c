import { Client } from 'langsmith';
import { initializeOTEL } from 'langsmith/experimental/otel/setup';
import { traceable } from 'langsmith/traceable';
import type { Producer, Recorder } from './recorder.ts';
import { SYSTEM } from './samples.ts';

const PRODUCER: Producer = { dialect: 'langsmith', packageName: 'langsmith', scope: 'langsmith' };

/** Records runs in the OpenTelemetry mode of LangSmith's SDK. Nothing is sent. */
export async function captureLangSmith({ provider, record }: Recorder): Promise<void> {
  process.env.LANGSMITH_TRACING = 'true';
  process.env.LANGSMITH_OTEL_ENABLED = 'true';
  process.env.LANGSMITH_API_KEY = 'any';
  process.env.LANGSMITH_PROJECT = 'shop';
  initializeOTEL({ globalTracerProvider: provider, skipGlobalContextManagerSetup: true });
  const client = new Client({ apiKey: 'any', apiUrl: 'http://localhost:9' });

  const model = traceable(
    async (_messages: object[]) => ({
      role: 'assistant',
      content: 'It is 21 °C and sunny in Paris.',
      usage_metadata: {
        input_tokens: 1500,
        output_tokens: 40,
        total_tokens: 1540,
        input_token_details: { cache_read: 1024 },
        output_token_details: { reasoning: 10 },
      },
    }),
    {
      client,
      name: 'ChatOpenAI',
      run_type: 'llm',
      metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o-2024-08-06' },
    },
  );
  const search = traceable(
    async (_query: string) => [
      { page_content: 'Thirty days.', type: 'Document', metadata: { source: 'd1' } },
    ],
    {
      client,
      name: 'search',
      run_type: 'retriever',
    },
  );
  const weather = traceable(async (_input: { city: string }) => ({ temperature: 21 }), {
    client,
    name: 'get_weather',
    run_type: 'tool',
  });
  const chain = traceable(
    async (question: string) => {
      await search('return policy');
      await weather({ city: 'Paris' });
      const answer = await model([
        { role: 'system', content: SYSTEM },
        { role: 'user', content: question },
      ]);
      return answer.content;
    },
    {
      client,
      name: 'weather chain',
      tags: ['weather'],
      metadata: { session_id: 'session-1', user_id: 'user-1' },
    },
  );
  await record(PRODUCER, 'chain', async () => {
    await chain('What is the weather in Paris?');
    await client.awaitPendingTraceBatches();
  });
}
