import { expect, it } from 'vitest';
import { decodeLive } from './live.ts';
import type { LiveScores } from './types.ts';

it('decodes a live event only if it has the expected list', () => {
  const event = { scores: [], more: 2 };
  expect(decodeLive<LiveScores>(JSON.stringify(event), 'scores')).toEqual(event);
  for (const text of ['', '{', 'null', '[]', '{}', '{"scores":1}', '{"spans":[]}'])
    expect([text, decodeLive<LiveScores>(text, 'scores')]).toEqual([text, null]);
});
