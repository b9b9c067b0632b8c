import { expect, it } from 'vitest';
import { cohereChatStream } from './chat.ts';

it.each([
  [
    'with the camel case names of the client',
    { finishReason: 'COMPLETE', usage: { billedUnits: { inputTokens: 6, outputTokens: 8 } } },
  ],
  [
    'with the snake case names of the API, which older clients do not convert',
    {
      finish_reason: 'COMPLETE',
      usage: { billed_units: { input_tokens: 6, output_tokens: 8 }, cached_tokens: 2 },
    },
  ],
])('reads the end of a stream %s', (_, delta) => {
  const stream = cohereChatStream.stream?.({ body: {}, keepsContent: true, maxCharacters: 100 });
  stream?.add({ type: 'message-end', delta });
  expect(stream?.answer()).toMatchObject({
    finishReasons: ['COMPLETE'],
    usage: { inputTokens: 6, outputTokens: 8 },
  });
});
