import { describe, expect, it } from 'vitest';
import { nameMove, rankMoves } from './rank-moves.ts';

const document = (id: string | null, content: string | null = null) => ({
  id,
  content,
  score: null,
  metadata: null,
  used: false,
});

describe('what a reranker did', () => {
  it('tells where each document came from and went to', () => {
    const moves = rankMoves(
      [document('a'), document('b'), document('c')],
      [document('c'), document('b'), document('z')],
    );
    expect(moves.kept.map(({ rank, before }) => nameMove(rank, before))).toEqual(['↑2', '=', 'new']);
    expect(moves.came.map(({ after }) => after)).toEqual([null, 2, 1]);
  });

  it('knows documents without an id by their text', () => {
    const moves = rankMoves([document(null, 'x'), document(null, 'y')], [document(null, 'y')]);
    expect(moves.kept[0]?.before).toBe(2);
  });

  it('names a fall', () => {
    expect(nameMove(4, 1)).toBe('↓3');
  });
});
