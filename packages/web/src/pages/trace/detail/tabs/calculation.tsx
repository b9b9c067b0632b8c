import { Link } from '@tanstack/react-router';
import { formatCost } from '@throughline/spans';
import { useContext } from 'react';
import type { SpanDetail } from '../../../../api/types.ts';
import { FilterTargetContext } from '../../../../filter/filter-target.ts';
import { useSearchRecord } from '../../../../url/search-params.ts';
import { Section } from '../section.tsx';

/** How the cost of a span was calculated, with which price, and whether today's prices give the same. */
export function CalculationSection({ span }: { span: SpanDetail }) {
  const { costCalculation: calculation, costUsd } = span;
  if (!calculation) return null;
  const { text, isCurrent, currentCostUsd } = calculation;
  return (
    <Section title="Calculation">
      <p className={`wrap-anywhere ${costUsd === null ? 'text-ink-soft' : 'font-mono text-small'}`}>{text}</p>
      <p className="mt-1 text-small text-ink-soft wrap-anywhere">{originOf(span)}</p>
      {!isCurrent && (
        <p className="mt-1 text-small text-warning">
          {currentCostUsd === null
            ? 'With the prices of today, its cost would not be known.'
            : `With the prices of today, it would cost ${formatCost(currentCostUsd)}.`}
        </p>
      )}
      {(costUsd === null || !isCurrent) && <PricesLink span={span} />}
    </Section>
  );
}

/** The price and its version: `Price of gpt-4o at openai, genai-prices@0.1.8`. */
function originOf({ costSource, costCalculation, serviceTier }: SpanDetail): string {
  const tier = serviceTier === null ? '' : ` Service tier: ${serviceTier}.`;
  if (costSource === null || costSource === 'reported') return tier.trim();
  const [, id, revision] = /^project-price:(\w+)@(\d+)$/.exec(costSource) ?? [];
  const model = costCalculation?.pricedModel;
  const seller = costCalculation?.seller ? ` at ${costCalculation.seller}` : '';
  const of = model ? ` of ${model}${seller}` : '';
  return id === undefined
    ? `List price${of}, ${costSource}.${tier}`
    : `Own price${of}, revision ${revision}.${tier}`;
}

/** Leads to the form of the model's price. A shared trace has no other pages. */
function PricesLink({ span: { model, provider, costUsd } }: { span: SpanDetail }) {
  const { project } = useSearchRecord();
  if (useContext(FilterTargetContext) === null || model === null) return null;
  const search = {
    ...(project && { project }),
    ...(costUsd === null && { model, ...(provider && { provider }) }),
  };
  return (
    <p className="mt-1 text-small">
      <Link to="/prices" search={search} className="link">
        {costUsd === null ? `Set a price for ${model}` : 'Prices of this project'}
      </Link>
    </p>
  );
}
