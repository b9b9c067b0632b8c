import { expect, it } from 'vitest';
import { cohereChatStream } from './chat.ts';

it.each([
  [
    'as the client names it',
    { finishReason: 'COMPLETE', usage: { billedUnits: { inputTokens: 6, outputTokens: 8 } } },
  ],
  [
    'as the wire does, in versions that do not know it',
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
