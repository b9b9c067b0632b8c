import type { RetrievedDocument } from '../../../../api/types.ts';

export interface RankedDocument {
  readonly document: RetrievedDocument;
  /** 1 is the best. */
  readonly rank: number;
  /** Where it stood before; null for one that was not there. */
  readonly before: number | null;
}

export interface RankMoves {
  /** What the reranker kept, best first. */
  readonly kept: readonly RankedDocument[];
  /** What went in, in its order, with its new rank; null where it was dropped. */
  readonly came: readonly {
    readonly document: RetrievedDocument;
    readonly rank: number;
    readonly after: number | null;
  }[];
}

/** Documents are the same by id, else by text. Of two that are the same the first is meant. */
export function rankMoves(
  input: readonly RetrievedDocument[],
  output: readonly RetrievedDocument[],
): RankMoves {
  const before = ranksOf(input);
  const after = ranksOf(output);
  return {
    kept: output.map((document, i) => ({
      document,
      rank: i + 1,
      before: before.get(identityOf(document)) ?? null,
    })),
    came: input.map((document, i) => ({
      document,
      rank: i + 1,
      after: after.get(identityOf(document)) ?? null,
    })),
  };
}

function ranksOf(documents: readonly RetrievedDocument[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  documents.forEach((document, i) => {
    const identity = identityOf(document);
    if (!ranks.has(identity)) ranks.set(identity, i + 1);
  });
  return ranks;
}

function identityOf(document: RetrievedDocument): string {
  return document.id !== null ? `id ${document.id}` : `text ${document.content ?? ''}`;
}

/** `↑3`, `↓1`, `=`, `new`. */
export function nameMove(rank: number, before: number | null): string {
  if (before === null) return 'new';
  if (before === rank) return '=';
  return before > rank ? `↑${before - rank}` : `↓${rank - before}`;
}
