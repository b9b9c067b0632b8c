import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RetrievedDocument, SpanDetail } from '../../../../api/types.ts';
import { FoldedText } from '../../../../content/folded-text.tsx';
import { JsonView } from '../../../../content/json-view.tsx';
import { Section } from '../section.tsx';
import { nameMove, rankMoves } from './rank-moves.ts';
import { UsedDocuments } from './used-documents.tsx';

/** The ranked documents of a retriever, or the documents of a reranker before and after. */
export function DocumentsTab({ span }: { span: SpanDetail }) {
  const documents = span.documents ?? [];
  const input = span.retrieval?.inputDocuments;
  return (
    <>
      {span.retrieval?.query && (
        <Section title="Query">
          <FoldedText text={span.retrieval.query} />
        </Section>
      )}
      {input ? (
        <Reranking input={input} output={documents} />
      ) : (
        span.documents && <Ranking documents={documents} />
      )}
      {span.usedDocuments && <UsedDocuments marks={span.usedDocuments} />}
    </>
  );
}

function Ranking({ documents }: { documents: readonly RetrievedDocument[] }) {
  const best = bestScore(documents);
  return (
    <Section title={`Documents (${documents.length})`} aside={<UsedCount documents={documents} />}>
      {documents.length === 0 && <p className="text-ink-faint">No documents found.</p>}
      <ol>
        {documents.map((document, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the rank of the document.
          <DocumentRow key={i} document={document} rank={i + 1} best={best} />
        ))}
      </ol>
    </Section>
  );
}

function Reranking({
  input,
  output,
}: {
  input: readonly RetrievedDocument[];
  output: readonly RetrievedDocument[];
}) {
  const moves = rankMoves(input, output);
  const best = bestScore(output);
  return (
    <div className="@container">
      <div className="grid gap-x-5 @md:grid-cols-2">
        <Section title={`Before (${input.length})`}>
          <ol>
            {moves.came.map(({ document, rank, after }) => (
              <DocumentRow
                brief
                key={rank}
                document={document}
                rank={rank}
                best={bestScore(input)}
                faint={after === null}
                note={after === null ? 'dropped' : `→ ${after}`}
              />
            ))}
          </ol>
        </Section>
        <Section title={`After (${output.length})`} aside={<UsedCount documents={output} />}>
          <ol>
            {moves.kept.map(({ document, rank, before }) => (
              <DocumentRow
                brief
                key={rank}
                document={document}
                rank={rank}
                best={best}
                note={<Move rank={rank} before={before} />}
              />
            ))}
          </ol>
        </Section>
      </div>
    </div>
  );
}

function UsedCount({ documents }: { documents: readonly RetrievedDocument[] }) {
  const used = documents.filter((document) => document.used).length;
  if (used === 0) return null;
  return (
    <span className="text-small text-ink-soft">
      {used} of {documents.length} used in the answer
    </span>
  );
}

function Move({ rank, before }: { rank: number; before: number | null }) {
  const moved = before !== null && before !== rank;
  return (
    <span
      className={moved ? 'font-medium text-ink' : ''}
      title={before === null ? 'Not among the input documents' : `Rank before: ${before}`}
    >
      {nameMove(rank, before)}
    </span>
  );
}

interface DocumentRowProps {
  readonly document: RetrievedDocument;
  readonly rank: number;
  readonly best: number;
  readonly note?: ReactNode;
  readonly faint?: boolean;
  /** Show only a few lines of each document, so that many can be compared. */
  readonly brief?: boolean;
}

function DocumentRow({ document, rank, best, note, faint = false, brief = false }: DocumentRowProps) {
  const { id, content, score, metadata } = document;
  return (
    <li className={`border-t border-line py-2 first:border-t-0 ${faint ? 'text-ink-faint' : ''}`}>
      <div className="mb-1 flex items-center gap-2 text-small">
        <span className="w-5 text-right text-ink-faint">{rank}</span>
        {note && <span className="text-ink-faint">{note}</span>}
        <span className="min-w-0 flex-1 truncate text-ink-soft" title={id ?? ''}>
          {sourceOf(metadata) ?? id ?? ''}
        </span>
        {document.used && (
          <span
            className="flex shrink-0 items-center gap-0.5 rounded-control bg-accent-wash px-1 font-medium text-accent"
            title="The application marked this document as used in its answer"
          >
            <Check size={12} aria-hidden /> {brief ? 'used' : 'used in the answer'}
          </span>
        )}
        {score !== null && (
          <span className="flex shrink-0 items-center gap-1.5" title={String(score)}>
            <span className="relative h-2 w-10 rounded-sm bg-sunken" aria-hidden>
              <span
                className="absolute inset-y-0 left-0 rounded-sm bg-kind-retriever"
                style={{ width: `${Math.max(0, Math.min(1, score / best)) * 100}%` }}
              />
            </span>
            <span className="w-9 text-right">{Number(score.toPrecision(3))}</span>
          </span>
        )}
      </div>
      <div className="pl-7">
        {content === null ? (
          <span className="text-ink-faint">No text recorded.</span>
        ) : (
          <FoldedText text={content} {...(brief && { limit: BRIEF })} />
        )}
        {hasContent(metadata) && (
          <details className="mt-1">
            <summary className="cursor-pointer text-small text-ink-faint">Metadata</summary>
            <JsonView value={metadata} />
          </details>
        )}
      </div>
    </li>
  );
}

/** Enough text to recognise a document. */
const BRIEF = { lines: 3, characters: 160 };

/** The score of a full bar: 1 if no score is greater than 1, else the best score. */
function bestScore(documents: readonly RetrievedDocument[]): number {
  const best = Math.max(0, ...documents.map((document) => document.score ?? 0));
  return best > 0 && best <= 1 ? 1 : best || 1;
}

const SOURCE_KEYS = ['source', 'title', 'url', 'file', 'path', 'name'];

function sourceOf(metadata: unknown): string | null {
  if (typeof metadata !== 'object' || metadata === null) return null;
  for (const key of SOURCE_KEYS) {
    const value = Object.hasOwn(metadata, key) ? (metadata as Record<string, unknown>)[key] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

function hasContent(metadata: unknown): boolean {
  if (typeof metadata !== 'object' || metadata === null) return metadata !== null && metadata !== undefined;
  return Object.keys(metadata).length > 0;
}
