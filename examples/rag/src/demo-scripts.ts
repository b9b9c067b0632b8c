import { type Reply, type Script, think, when } from '@throughline/example-model-server';

/** Speed of the demo's models: milliseconds to the first token and between tokens. */
const PACES: readonly [model: RegExp, pace: Required<Pick<Reply, 'firstTokenMs' | 'tokenMs'>>][] = [
  [/^text-embedding/, { firstTokenMs: 25, tokenMs: 0 }],
  [/mini|haiku/, { firstTokenMs: 180, tokenMs: 4 }],
  [/^gpt-5/, { firstTokenMs: 900, tokenMs: 6 }],
  [/sonnet/, { firstTokenMs: 380, tokenMs: 9 }],
  [/./, { firstTokenMs: 280, tokenMs: 6 }],
];

/** Failures of the demo, by question. All other questions are answered normally. */
export function demoScripts(): Script[] {
  return [
    when(
      { model: /^gpt/, user: 'Does express delivery', times: 1 },
      { fault: { kind: 'status', status: 429, retryAfterSeconds: 0.3 } },
    ),
    when({ model: /haiku/, user: 'harbour store' }, { fault: { kind: 'status', status: 529 } }),
    when({ model: /^gpt/, user: 'gift cards valid' }, { fault: { kind: 'status', status: 500 } }),
    when({ model: /^gpt/, user: 'made for wind and snow' }, (request) => ({
      ...think(request),
      firstTokenMs: 130,
      tokenMs: 6,
      fault: { kind: 'disconnect', afterChunks: 14 },
    })),
    when({ model: /sonnet/, user: 'price promise count' }, (request) => ({
      ...think(request),
      firstTokenMs: 190,
      tokenMs: 6,
      fault: { kind: 'stream-error', afterChunks: 10, message: 'Overloaded' },
    })),
    when({ model: /^gpt/, user: 'measure my back' }, (request) => ({
      ...think(request),
      firstTokenMs: 2600,
      tokenMs: 12,
    })),
    when({ user: 'the night shift' }, { text: 'Too late.', firstTokenMs: 3000 }),
    when(
      { model: /haiku/, user: 'delete my account' },
      { text: 'Accounts are deleted by the moon. [internal/moon]', firstTokenMs: 70, tokenMs: 2 },
    ),
    (request) => {
      const pace = PACES.find(([model]) => model.test(request.model))?.[1];
      return { ...think(request), ...pace };
    },
  ];
}
