import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbackManager from '@langchain/core/callbacks/manager';
import { Document } from '@langchain/core/documents';
import { HumanMessage, SystemMessage, type ToolMessage } from '@langchain/core/messages';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { BaseRetriever } from '@langchain/core/retrievers';
import type { Runnable } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import type { Producer, Recorder } from './recorder.ts';
import { PNG_URL, SYSTEM, WEATHER_SCHEMA } from './samples.ts';

const PRODUCER: Producer = {
  dialect: 'openinference',
  packageName: '@arizeai/openinference-instrumentation-langchain',
  scope: '@arizeai/openinference-instrumentation-langchain',
};

class Shelf extends BaseRetriever {
  lc_namespace = ['fixture'];
  override _getRelevantDocuments(): Promise<Document[]> {
    return Promise.resolve([
      new Document({
        pageContent: 'Returns are free within thirty days.',
        metadata: { source: 'returns.md', page: 1 },
      }),
      new Document({ pageContent: 'Shipping takes two days.', metadata: { source: 'shipping.md' } }),
    ]);
  }
}

export async function captureLangChain({ provider, record }: Recorder, url: string): Promise<void> {
  const instrumentation = new LangChainInstrumentation({ tracerProvider: provider });
  instrumentation.manuallyInstrument(callbackManager);
  const save = (name: string, program: () => Promise<unknown>) => record(PRODUCER, name, program);
  const model = new ChatOpenAI({
    model: 'gpt-4o-mini',
    apiKey: 'any',
    maxRetries: 0,
    configuration: { baseURL: `${url}/v1` },
  });
  const weather = tool(async ({ city }: { city: string }) => ({ city, temperature: 21 }), {
    name: 'get_weather',
    description: 'Weather of a city',
    schema: WEATHER_SCHEMA,
  });

  await save('chain', () =>
    ChatPromptTemplate.fromMessages([
      ['system', SYSTEM],
      ['human', 'Say {word}.'],
    ])
      .pipe(model)
      .pipe(new StringOutputParser())
      .invoke(
        { word: 'hello' },
        { metadata: { session_id: 'session-1', tenant: 'acme' }, runName: 'Greeter' },
      ),
  );
  await save('tools', async () => {
    const bound = model.bindTools([weather]);
    const question = new HumanMessage('What is the weather in Paris?');
    const first = await bound.invoke([question]);
    const call = first.tool_calls?.[0];
    if (call === undefined) return;
    // The compiler cannot infer the overload from the JSON Schema.
    const result = await (weather as unknown as Runnable).invoke(call);
    await bound.invoke([question, first, result as ToolMessage]);
  });
  await save('image', () =>
    model.invoke([
      new SystemMessage(SYSTEM),
      new HumanMessage({
        content: [
          { type: 'text', text: 'What is in this picture?' },
          { type: 'image_url', image_url: { url: PNG_URL } },
        ],
      }),
    ]),
  );
  await save('retriever', () => new Shelf().invoke('How long can I return goods?'));
  await save('error', () => model.invoke('Fail, please.'));
}
