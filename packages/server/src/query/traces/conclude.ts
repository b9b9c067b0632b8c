import { type Conclusion, concludeTrace, layoutAt, layoutTrace, textOf } from '@throughline/spans';
import type { z } from 'zod';
import type { conclusion } from '../../contract/conclusion.ts';
import type { SpanSummary } from '../../contract/span.ts';

type ConclusionJson = z.infer<typeof conclusion>;

/** The conclusion of a trace at an instant, nanoseconds since the epoch. */
export function concludeSpans(spans: readonly SpanSummary[], nowNs: bigint): Conclusion {
  return concludeTrace(layoutAt(layoutTrace(spans), Number(nowNs / 1_000_000n)));
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
