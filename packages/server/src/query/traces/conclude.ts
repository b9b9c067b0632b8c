import { type Conclusion, concludeTrace, layoutAt, layoutTrace, textOf } from '@throughline/spans';
import type { z } from 'zod';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import type { conclusion } from '../../contract/conclusion.ts';
import type { SpanSummary } from '../../contract/span.ts';
import type { ProjectScope } from '../project-scope.ts';
import { concludeDocumentsOfTrace } from './document-conclusion.ts';
import type { FoundTrace } from './get-trace.ts';

type ConclusionJson = z.infer<typeof conclusion>;

/** Draws the conclusion about a trace from the facts of its spans. `nowNs` is in nanoseconds since 1970. */
function concludeSpans(spans: readonly SpanSummary[], nowNs: bigint): Conclusion {
  return concludeTrace(layoutAt(layoutTrace(spans), Number(nowNs / 1_000_000n)));
}

/** The conclusion with what became of the documents, for which the content of some spans is read. */
export async function concludeFound(
  scope: ProjectScope,
  found: FoundTrace,
  spans: readonly SpanSummary[],
  nowNs: bigint,
  limits?: QueryLimits,
): Promise<Conclusion> {
  const { sentences } = concludeSpans(spans, nowNs);
  if (!found.hasDocuments) return { sentences };
  const { summary, range, documentMarks: marks } = found;
  const ofDocuments = await concludeDocumentsOfTrace(
    scope,
    { traceId: summary.traceId, range, spans, marks },
    limits,
  );
  return { sentences: ofDocuments ? [...sentences, ofDocuments] : sentences };
}

/** Converts a conclusion to the format of the API, in which each sentence also has its text. */
export function conclusionJson({ sentences }: Conclusion): ConclusionJson {
  return {
    sentences: sentences.map((sentence) => ({
      topic: sentence.topic,
      cause: sentence.cause,
      text: textOf(sentence),
      parts: sentence.parts.map(({ text, spanIds }) => ({ text, ...(spanIds && { spanIds: [...spanIds] }) })),
      figures: { ...sentence.figures },
    })),
  };
}
