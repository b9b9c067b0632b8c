import { Anthropic } from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { CohereClient, CohereClientV2 } from 'cohere-ai';

const url = process.env.MODELS_URL;
const question = 'What is the capital of France?';
const messages = [{ role: 'user', content: question }];

await new Anthropic({ baseURL: url, apiKey: 'any' }).messages.create({
  model: 'claude-sonnet-4-20250514',
  max_tokens: 100,
  messages,
});
await new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: url } }).models.generateContent({
  model: 'gemini-2.5-flash',
  contents: question,
});
await new Mistral({ apiKey: 'any', serverURL: url }).chat.complete({ model: 'mistral-large-2411', messages });
await new CohereClientV2({ token: 'any', environment: url }).chat({ model: 'command-r-plus', messages });
await new CohereClient({ token: 'any', environment: url }).v2.chat({ model: 'command-r-plus', messages });
await new BedrockRuntimeClient({
  region: 'us-east-1',
  endpoint: url,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  requestHandler: new NodeHttpHandler(),
}).send(
  new ConverseCommand({
    modelId: 'amazon.nova-pro-v1:0',
    messages: [{ role: 'user', content: [{ text: question }] }],
  }),
);
