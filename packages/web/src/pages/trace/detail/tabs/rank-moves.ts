import type { RetrievedDocument } from '../../../../api/types.ts';

export interface RankedDocument {
  readonly document: RetrievedDocument;
  /** Rank of the document; 1 is the best. */
  readonly rank: number;
  /** Rank in the input; null if the document is not there. */
  readonly before: number | null;
}

export interface RankMoves {
  /** Output documents, best first. */
  readonly kept: readonly RankedDocument[];
  /** Input documents in their order. `after` is the new rank; null if the document was dropped. */
  readonly came: readonly {
    readonly document: RetrievedDocument;
    readonly rank: number;
    readonly after: number | null;
  }[];
}

/**
 * Compares the input and output of a reranker. Documents are identified by id, or by text if they have none. If several
 * are identical, the first one counts.
 */
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

/** A change of rank: `↑3`, `↓1`, `=`, or `new` for a document that was not in the input. */
export function nameMove(rank: number, before: number | null): string {
  if (before === null) return 'new';
  if (before === rank) return '=';
  return before > rank ? `↑${before - rank}` : `↓${rank - before}`;
}
