import { describe, expect, it } from 'vitest';
import { nameMove, rankMoves } from './rank-moves.ts';

const document = (id: string | null, content: string | null = null) => ({
  id,
  content,
  score: null,
  metadata: null,
  used: false,
});

describe('changes of rank by a reranker', () => {
  it('gives the previous and the new rank of each document', () => {
    const moves = rankMoves(
      [document('a'), document('b'), document('c')],
      [document('c'), document('b'), document('z')],
    );
    expect(moves.kept.map(({ rank, before }) => nameMove(rank, before))).toEqual(['↑2', '=', 'new']);
    expect(moves.came.map(({ after }) => after)).toEqual([null, 2, 1]);
  });

  it('identifies documents without an id by their text', () => {
    const moves = rankMoves([document(null, 'x'), document(null, 'y')], [document(null, 'y')]);
    expect(moves.kept[0]?.before).toBe(2);
  });

  it('shows a lower rank with an arrow down', () => {
    expect(nameMove(4, 1)).toBe('↓3');
  });
});
