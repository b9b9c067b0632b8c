import { COUNTED_KINDS, exactUsd, formatCount } from '@throughline/spans';
import type { SpanDetail } from '../contract/span.ts';
import type { Trace } from '../contract/trace.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';
import { findTrace } from './find-trace.ts';
import { paint, printable, type Terminal } from './terminal.ts';

/** Each call needs a request, so only the most expensive ones are explained. */
const MAX_CALLS = 100;

/** Prints how the cost of each model call of a trace was calculated, the most expensive first. */
export async function traceCosts(
  terminal: Terminal,
  target: ApiTarget,
  id: string,
  json: boolean,
): Promise<void> {
  const { traceId, project } = await findTrace(target, id);
  const api = { ...target, project };
  const path = `/traces/${encodeURIComponent(traceId)}`;
  const { spans } = (await (await getFromApi(api, path, { conclusion: 'false' })).json()) as Trace;
  const calls = spans
    .filter(({ kind, costUsd }) => COUNTED_KINDS.has(kind) || costUsd !== null)
    .toSorted((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0));
  const details: SpanDetail[] = [];
  for (const { spanId } of calls.slice(0, MAX_CALLS)) {
    const response = await getFromApi(api, `${path}/spans/${encodeURIComponent(spanId)}`);
    details.push((await response.json()) as SpanDetail);
  }
  if (json) {
    const rows = details.map(({ spanId, name, model, costUsd, costSource, costCalculation }) => {
      return { spanId, name, model, costUsd, costSource, costCalculation };
    });
    return terminal.out(`${JSON.stringify({ calls: rows })}\n`);
  }
  if (details.length === 0) return terminal.out('The trace has no model calls.\n');
  terminal.out(`${details.map((detail) => formatCall(terminal, detail)).join('\n')}\n`);
  if (calls.length > MAX_CALLS)
    terminal.out(`\n${formatCount(calls.length - MAX_CALLS)} cheaper calls are not shown.\n`);
}

function formatCall(terminal: Terminal, span: SpanDetail): string {
  const { name, model, costUsd, costSource, costCalculation: calculation, counted } = span;
  const title = `${printable(name, 60)}${model === null ? '' : ` · ${printable(model, 60)}`}`;
  const notes = [
    costSource === null ? '' : originOf(span),
    counted ? '' : 'not counted: other spans of this trace report the same usage',
    calculation && !calculation.isCurrent
      ? `with the prices of today: ${calculation.currentCostUsd === null ? 'not known' : exactUsd(calculation.currentCostUsd)}`
      : '',
  ].filter((note) => note !== '');
  const lines = [
    paint(terminal, 'bold', title),
    `  ${calculation?.text ?? (costUsd === null ? 'No tokens were reported.' : exactUsd(costUsd))}`,
    ...notes.map((note) => paint(terminal, 'dim', `  ${note}`)),
  ];
  return lines.join('\n');
}

function originOf({ costSource, costUsd, costCalculation }: SpanDetail): string {
  if (costSource === 'reported') return costUsd === null ? '' : `${exactUsd(costUsd)}, reported`;
  const priced = costCalculation?.pricedModel;
  const seller = costCalculation?.seller ? ` at ${costCalculation.seller}` : '';
  return `${costSource}${priced ? `: ${printable(priced, 60)}${seller}` : ''}`;
}
