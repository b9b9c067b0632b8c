const { OpenAI } = require('openai');

const client = new OpenAI({ baseURL: `${process.env.MODELS_URL}/v1`, apiKey: 'any' });
client.chat.completions
  .create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'What is the capital of France?' }] })
  .then((answer) => console.log(answer.choices[0].message.content, client instanceof OpenAI, 'function'));
