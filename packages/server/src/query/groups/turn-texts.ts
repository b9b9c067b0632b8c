import { type SaidTexts, saidTexts } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { MAX_TURN_TEXT, type Turn } from '../../contract/session.ts';
import type { ListedTrace } from '../../contract/trace.ts';
import type { ProjectScope } from '../project-scope.ts';
import { atPlaces } from '../spans/at-places.ts';
import { readContents } from '../spans/read-contents.ts';
import { spanKey } from '../spans/span-key.ts';
import { previewSource, type TraceRow } from '../traces/trace-row.ts';

export type TurnTexts = Pick<Turn, 'question' | 'answer'>;

/** Larger spans are left out, so that a page of 100 turns reads at most 30 MB. Their previews are shown. */
const MAX_SPAN_BYTES = 100_000;
/** Length of previews, which are on one line. */
const PREVIEW_LENGTH = 200;

/** What the user said in each trace and what came back, from the spans that also provide the previews. */
export async function readTurnTexts(
  scope: ProjectScope,
  rows: readonly TraceRow[],
  limits?: QueryLimits,
): Promise<(trace: ListedTrace) => TurnTexts> {
  const sources = new Map(rows.map((row) => [row.trace_id, previewSource(row)]));
  const places = [...sources.values()].flatMap(({ traceId, input, output }) =>
    [...input, ...output].map((place) => ({ traceId, ...place })),
  );
  const contents =
    places.length === 0 ? new Map() : await readContents(scope, atPlaces(places), MAX_SPAN_BYTES, limits);
  const said = new Map<string, SaidTexts>(
    [...contents].map(([key, { content }]) => [key, saidTexts(content)]),
  );
  return ({ traceId, inputPreview, outputPreview }) => {
    const source = sources.get(traceId);
    const find = (side: 'input' | 'output', text: keyof SaidTexts) =>
      source?.[side].flatMap(({ spanId }) => said.get(spanKey({ traceId, spanId }))?.[text] ?? [])[0];
    return {
      question: toTurnText(find('input', 'question'), inputPreview),
      answer: toTurnText(find('output', 'answer'), outputPreview),
    };
  };
}

function toTurnText(text: string | undefined, preview: string | null): Turn['question'] {
  if (text !== undefined && text.trim() !== '') {
    const cut = text.length > MAX_TURN_TEXT;
    return { text: cut ? withoutHalfPair(text.slice(0, MAX_TURN_TEXT)) : text, cut };
  }
  return preview === null ? null : { text: preview, cut: preview.length >= PREVIEW_LENGTH - 1 };
}

/** A text that was cut between the two code units of a character ends before that character. */
function withoutHalfPair(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}
