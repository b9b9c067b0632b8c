import { exactUsd } from '@throughline/spans';
import type { ModelPrice, Price } from '../../api/types.ts';
import { ABSENT, countOf, pluralOf, showCost, showCount } from '../../format/numbers.ts';
import { visibleName } from '../../format/visible-name.ts';
import { Value } from '../../ui/value.tsx';
import type { PriceField } from './price-form.ts';

type Prices = Partial<Record<PriceField, number>>;

interface ModelTableProps {
  readonly list: { readonly models: readonly ModelPrice[]; readonly more: boolean };
  /** The prices that the project has set. */
  readonly own: readonly Price[];
  readonly range: string;
  readonly onSet: (model: string, provider: string, prices: Prices) => void;
  readonly onEdit: (price: Price) => void;
}

/** The models that were called, in two groups: with calls that have no cost, and all others. */
export function ModelTable({ list, range, ...rest }: ModelTableProps) {
  const { models, more } = list;
  if (models.length === 0) return <NoModels range={range} />;
  const unpriced = models.filter(({ unpricedCalls }) => unpricedCalls > 0);
  const priced = models.filter(({ unpricedCalls }) => unpricedCalls === 0);
  return (
    <>
      {unpriced.length > 0 && (
        <Models title="Calls without a cost" note={hiddenBy(unpriced)} models={unpriced} {...rest} />
      )}
      {priced.length > 0 && <Models title="Models with a price" models={priced} {...rest} />}
      {more && (
        <p className="text-small text-ink-soft">
          Only the first {showCount(models.length).text} models are listed. Choose a shorter range to see the
          others.
        </p>
      )}
    </>
  );
}

/** `12 calls with 3,400 tokens are missing in every total, which therefore shows ≥.` */
function hiddenBy(models: readonly ModelPrice[]): string {
  const calls = models.reduce((sum, { unpricedCalls }) => sum + unpricedCalls, 0);
  return `${countOf(calls, 'call')} ${calls === 1 ? 'is' : 'are'} missing in every total, which therefore shows ≥`;
}

function NoModels({ range }: { range: string }) {
  return (
    <div className="flex flex-col gap-1 py-6">
      <h2 className="text-title font-semibold">No calls with tokens in this range</h2>
      <p className="text-ink-soft">
        Models appear here with their price once their calls arrive. The range is “{range}”.
      </p>
    </div>
  );
}

interface ModelsProps extends Pick<ModelTableProps, 'own' | 'onSet' | 'onEdit'> {
  readonly title: string;
  readonly note?: string;
  readonly models: readonly ModelPrice[];
}

const HEAD = 'px-2 text-right font-normal';

function Models({ title, note, models, ...rest }: ModelsProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">{title}</span>
        {note && <span className="text-small text-warning">{note}</span>}
      </h2>
      <table className="mt-1 w-full border-collapse text-left">
        <thead className="border-b border-line text-small text-ink-faint">
          <tr className="h-7">
            <th scope="col" className="pr-2 font-normal">
              Model
            </th>
            <th scope="col" className={HEAD}>
              Calls
            </th>
            <th scope="col" className={`${HEAD} hidden md:table-cell`}>
              Tokens
            </th>
            <th scope="col" className={HEAD}>
              Cost
            </th>
            <th
              scope="col"
              className={`${HEAD} hidden sm:table-cell`}
              title="Dollars per million tokens of input"
            >
              Input
            </th>
            <th
              scope="col"
              className={`${HEAD} hidden lg:table-cell`}
              title="Dollars per million cached tokens"
            >
              Cached
            </th>
            <th
              scope="col"
              className={`${HEAD} hidden sm:table-cell`}
              title="Dollars per million tokens of output"
            >
              Output
            </th>
            <th scope="col" className="hidden px-2 font-normal lg:table-cell">
              Source
            </th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((row) => (
            <ModelRow key={`${row.provider}\n${row.model}`} row={row} {...rest} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ModelRow({
  row,
  own,
  onSet,
  onEdit,
}: { row: ModelPrice } & Omit<ModelsProps, 'title' | 'models' | 'note'>) {
  const { model, provider, calls, costUsd, unpricedCalls, reportedCalls, price } = row;
  const tokens = (row.inputTokens ?? 0) + (row.outputTokens ?? 0);
  const set = price && own.find(({ id }) => id === price.priceId);
  const cell = 'px-2 py-1 text-right';
  return (
    <tr className="border-b border-line/60 align-top hover:bg-hover" data-model={model ?? ''}>
      <td className="py-1 pr-2">
        <span className="font-medium wrap-anywhere">
          {model === null ? '(no model)' : visibleName(model)}
        </span>{' '}
        {provider && (
          <span className="ml-1 text-small text-ink-faint wrap-anywhere">{visibleName(provider)}</span>
        )}
      </td>
      <td className={cell}>
        <Value shown={showCount(calls)} />
        {unpricedCalls > 0 && unpricedCalls < calls && (
          <span className="block text-small whitespace-nowrap text-ink-faint">
            {showCount(unpricedCalls).text} unpriced
          </span>
        )}
      </td>
      <td className={`${cell} hidden md:table-cell`}>
        <Value shown={showCount(tokens)} />
      </td>
      <td className={cell}>
        <Value shown={showCost(costUsd, { unpricedCalls })} />
        {reportedCalls > 0 && (
          <span
            className="block text-small text-ink-faint"
            title={`${countOf(reportedCalls, 'call')} ${pluralOf(reportedCalls, 'has')} a cost that the client or provider reported`}
          >
            {reportedCalls === calls ? 'reported' : 'partly reported'}
          </span>
        )}
      </td>
      <td className={`${cell} hidden text-ink-soft sm:table-cell`}>{rateOf(price, 'input')}</td>
      <td className={`${cell} hidden text-ink-soft lg:table-cell`}>{rateOf(price, 'cachedInput')}</td>
      <td className={`${cell} hidden text-ink-soft sm:table-cell`}>{rateOf(price, 'output')}</td>
      <td className="hidden px-2 py-1 text-small text-ink-soft lg:table-cell">
        <Source price={price} unpricedCalls={unpricedCalls} />
      </td>
      <td className="py-0.5 pl-2 text-right whitespace-nowrap">
        {set ? (
          <button
            type="button"
            className="control-quiet"
            aria-label={`Edit the price of ${model}`}
            onClick={() => onEdit(set)}
          >
            Edit
          </button>
        ) : model === null ? null : (
          <button
            type="button"
            className={price ? 'control-quiet' : 'control'}
            aria-label={`Set a price for ${model}`}
            onClick={() => onSet(model, provider ?? '', price?.usdPerMillion ?? {})}
          >
            {price ? 'Override' : 'Set a price'}
          </button>
        )}
      </td>
    </tr>
  );
}

function rateOf(price: ModelPrice['price'], name: PriceField): string {
  const rate = price?.usdPerMillion[name];
  return rate === undefined ? ABSENT : exactUsd(rate);
}

function Source({ price, unpricedCalls }: Pick<ModelPrice, 'price' | 'unpricedCalls'>) {
  if (!price) return <span className="text-warning">no price known</span>;
  const name =
    price.priceId === null ? `${price.seller} in ${price.table}` : `own price ${price.pricedModel}`;
  return (
    <>
      <span className="wrap-anywhere">{visibleName(name)}</span>
      {price.aboveInputTokens !== null && (
        <span className="block text-ink-faint">
          other prices above {showCount(price.aboveInputTokens).text} tokens
        </span>
      )}
      {unpricedCalls > 0 && (
        <span className="block text-warning">applies to new calls; earlier ones have no cost yet</span>
      )}
    </>
  );
}
