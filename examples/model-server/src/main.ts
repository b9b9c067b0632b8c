import { createModelServer } from './model-server.ts';

const { url } = await createModelServer({ pace: { firstTokenMs: 120, tokenMs: 4 } }).listen(
  Number(process.env.PORT ?? 8787),
);
console.log(`OpenAI:     OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=any`);
console.log(`Anthropic:  ANTHROPIC_BASE_URL=${url} ANTHROPIC_API_KEY=any`);
