import { exactUsd } from '@throughline/spans';
import type { Price } from '../../api/types.ts';
import { ABSENT } from '../../format/numbers.ts';
import { visibleName } from '../../format/visible-name.ts';

interface OwnPriceTableProps {
  readonly prices: readonly Price[];
  readonly onEdit: (price: Price) => void;
}

/** The prices that the project has set, including those that no call uses. */
export function OwnPriceTable({ prices, onEdit }: OwnPriceTableProps) {
  return (
    <section aria-label="Own prices" className="min-w-0">
      <h2 className="font-medium">Own prices</h2>
      {prices.length === 0 ? (
        <p className="mt-1 max-w-prose text-ink-soft">
          This project uses the price table only. Set a price for models that the table does not have, or to
          replace its prices by those of your contract.
        </p>
      ) : (
        <table className="mt-1 w-full border-collapse text-left">
          <thead className="border-b border-line text-small text-ink-faint">
            <tr className="h-7">
              <th scope="col" className="pr-2 font-normal">
                Model
              </th>
              <th scope="col" className="px-2 text-right font-normal">
                Input
              </th>
              <th scope="col" className="px-2 text-right font-normal">
                Output
              </th>
              <th scope="col" className="hidden px-2 font-normal md:table-cell">
                In force
              </th>
              <th scope="col" className="hidden px-2 font-normal lg:table-cell">
                Further terms
              </th>
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {prices.map((price) => (
              <OwnPriceRow key={price.id} price={price} onEdit={onEdit} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function OwnPriceRow({ price, onEdit }: { price: Price; onEdit: (price: Price) => void }) {
  const { model, provider, usdPerMillion } = price;
  return (
    <tr className="border-b border-line/60 align-top hover:bg-hover" data-price={model}>
      <td className="py-1 pr-2">
        <span className="font-mono text-small wrap-anywhere">{visibleName(model)}</span>{' '}
        {provider && (
          <span className="ml-1 text-small text-ink-faint wrap-anywhere">{visibleName(provider)}</span>
        )}
      </td>
      <td className="px-2 py-1 text-right">{exactUsd(usdPerMillion.input)}</td>
      <td className="px-2 py-1 text-right">{exactUsd(usdPerMillion.output)}</td>
      <td className="hidden px-2 py-1 text-small text-ink-soft md:table-cell">{rangeOf(price)}</td>
      <td className="hidden px-2 py-1 text-small text-ink-soft wrap-anywhere lg:table-cell">
        {furtherTerms(price).join(' · ') || ABSENT}
      </td>
      <td className="py-0.5 pl-2 text-right">
        <button
          type="button"
          className="control-quiet"
          aria-label={`Edit ${model}`}
          onClick={() => onEdit(price)}
        >
          Edit
        </button>
      </td>
    </tr>
  );
}

function rangeOf({ from, to }: Price): string {
  const day = (time: string) => time.replace(/T00:00:00\.0+Z$/, '').replace(/\.0+Z$/, 'Z');
  if (from === null) return to === null ? 'always' : `until ${day(to)}`;
  return to === null ? `from ${day(from)}` : `${day(from)} to ${day(to)}`;
}

function furtherTerms({ usdPerMillion, usdPerRequest, tiers, serviceTiers }: Price): string[] {
  const { input: _input, output: _output, ...classes } = usdPerMillion;
  return [
    ...Object.entries(classes).map(([name, usd]) => `${name} ${exactUsd(usd)}`),
    ...(usdPerRequest === null ? [] : [`${exactUsd(usdPerRequest)} per request`]),
    ...tiers.map(
      ({ aboveInputTokens }) => `other prices above ${aboveInputTokens.toLocaleString('en-US')} tokens`,
    ),
    ...Object.entries(serviceTiers).map(([tier, factor]) => `${tier} × ${factor}`),
  ];
}
