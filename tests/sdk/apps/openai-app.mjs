import OpenAI, { AzureOpenAI } from 'openai';

const client = new OpenAI({ baseURL: `${process.env.MODELS_URL}/v1`, apiKey: 'any' });
const stream = await client.chat.completions.create({
  model: 'gpt-4o',
  stream: true,
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
});
let text = '';
for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
console.log(text, client instanceof OpenAI, typeof AzureOpenAI);
