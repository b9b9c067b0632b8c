import { formatCost, formatCount } from '@throughline/spans';
import type { SpanDetail } from '../../../../api/types.ts';
import { ABSENT, showCost, showCount } from '../../../../format/numbers.ts';
import { Value } from '../../../../ui/value.tsx';
import { Facts } from '../facts.tsx';
import { Section } from '../section.tsx';
import { CalculationSection } from './calculation.tsx';
import { ratePerMillion, splitTokens, type TokenClass } from './token-split.ts';

/** Colours of the token classes: shades of one hue for input and of another for output. */
const SHADES: Readonly<Record<string, string>> = {
  uncached: 'bg-accent',
  cacheRead: 'bg-accent/35',
  cacheWrite: 'bg-accent/60',
  reasoning: 'bg-kind-llm/50',
  output: 'bg-kind-llm',
};

/** Tokens by class, with their prices and costs. */
export function UsageTab({ span }: { span: SpanDetail }) {
  const classes = splitTokens(span);
  const total = classes.reduce((sum, row) => sum + row.tokens, 0);
  return (
    <>
      {classes.length > 0 && (
        <Section title="Tokens">
          <div className="mb-2 flex h-2.5 gap-px overflow-hidden rounded-sm bg-sunken" aria-hidden>
            {classes.map((row) => (
              <span
                key={row.id}
                className={SHADES[row.id]}
                style={{ width: `${total > 0 ? (row.tokens / total) * 100 : 0}%` }}
              />
            ))}
          </div>
          <table className="w-full text-right">
            <thead className="text-small text-ink-faint">
              <tr>
                <th scope="col" className="py-1 text-left font-normal">
                  Class
                </th>
                <th scope="col" className="font-normal">
                  Tokens
                </th>
                <th scope="col" className="font-normal">
                  $ per million
                </th>
                <th scope="col" className="font-normal">
                  Cost
                </th>
              </tr>
            </thead>
            <tbody>
              {classes.map((row) => (
                <ClassRow key={row.id} row={row} />
              ))}
            </tbody>
            <tfoot>
              <tr className="border-t border-line-strong font-medium">
                <th scope="row" className="py-1 text-left font-medium">
                  Total
                </th>
                <td>{formatCount(total)}</td>
                <td />
                <td>
                  <Value shown={showCost(span.costUsd)} />
                </td>
              </tr>
            </tfoot>
          </table>
        </Section>
      )}
      <CalculationSection span={span} />
      <Facts
        rows={[
          ['Input cost', span.inputCostUsd === null ? null : formatCost(span.inputCostUsd)],
          ['Output cost', span.outputCostUsd === null ? null : formatCost(span.outputCostUsd)],
          ...Object.entries(span.tokenDetails).map(([name, tokens]) => [name, formatCount(tokens)] as const),
        ]}
      />
      {!span.counted && (
        <p className="text-ink-soft">
          Other spans of this trace report the same usage, so it is not counted again in the trace's total.
        </p>
      )}
    </>
  );
}

function ClassRow({ row }: { row: TokenClass }) {
  const rate = ratePerMillion(row);
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1 text-left font-normal">
        <span className={`mr-2 inline-block size-2 rounded-xs ${SHADES[row.id]}`} aria-hidden />
        {row.label}
      </th>
      <td>{showCount(row.tokens).text}</td>
      <td className="text-ink-soft">{rate === null ? ABSENT : formatCost(rate)}</td>
      <td>
        <Value shown={showCost(row.costUsd)} />
      </td>
    </tr>
  );
}
