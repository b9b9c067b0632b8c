import { expect, it } from 'vitest';
import { foundTexts, piecesOf } from './match-cell.tsx';

const passage = {
  text: '… a refund by Refund policy',
  marks: [
    { start: 4, end: 10 },
    { start: 14, end: 20 },
  ],
};

it('a passage is split at its matches', () => {
  expect(piecesOf(passage).map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))).toEqual([
    '… a ',
    '[refund]',
    ' by ',
    '[Refund]',
    ' policy',
  ]);
});

it('each text that was found is named once', () => {
  expect(foundTexts(passage)).toEqual(['refund']);
});
