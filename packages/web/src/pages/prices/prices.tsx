import { useNavigate } from '@tanstack/react-router';
import { History, Plus, RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { Price } from '../../api/types.ts';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { TimeRangePicker } from '../../frame/time-range-picker.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useSearchRecord } from '../../url/search-params.ts';
import { labelOf } from '../../url/time-range.ts';
import { ModelTable } from './model-table.tsx';
import { OwnPriceTable } from './own-price-table.tsx';
import { PriceDialog } from './price-dialog.tsx';
import { emptyForm, formOf, type PriceForm } from './price-form.ts';
import { RepriceDialog } from './reprice-dialog.tsx';
import { type PricesView, parsePricesView, printPricesView } from './url.ts';
import { usePrices } from './use-prices.ts';

/** What is edited: a new price, or an existing one with its id. */
interface Editing {
  readonly id: string | undefined;
  readonly form: PriceForm;
}

/** The models of a project with their prices. Models without a price come first, each one click from a price. */
export function PricesPage() {
  const view = parsePricesView(useSearchRecord());
  const { project } = useProject();
  const navigate = useNavigate();
  const prices = usePrices(project, view.range);
  const { models, own } = prices;
  const [edited, setEdited] = useState<Editing>();
  const [isRepricing, setRepricing] = useState(false);
  useTitle('Prices');
  const open = (change: Partial<PricesView>) => {
    const { model: _model, provider: _provider, ...rest } = view;
    const search = printPricesView({ ...rest, ...(project !== undefined && { project }), ...change });
    void navigate({ to: '/prices', search, resetScroll: false });
  };
  const refresh = () => {
    void models.refetch();
    void own.refetch();
  };
  const add = () => setEdited({ id: undefined, form: emptyForm() });
  useKeys('Prices', [
    { keys: ['r'], label: 'Refresh', run: refresh },
    { keys: ['n'], label: 'Set a price', run: add },
  ]);
  const linked =
    view.model === undefined ? undefined : { id: undefined, form: emptyForm(view.model, view.provider) };
  const editing = edited ?? linked;
  const close = () => {
    setEdited(undefined);
    prices.save.reset();
    prices.remove.reset();
    if (linked) open({});
  };
  const edit = (price: Price) => setEdited({ id: price.id, form: formOf(price) });
  const error = models.error ?? own.error;
  return (
    <>
      <PageBar
        controls={
          <>
            <TimeRangePicker range={view.range} onChange={(range) => open({ range })} />
            <button
              type="button"
              className="control"
              aria-label="Refresh"
              onClick={refresh}
              disabled={models.isFetching}
            >
              <RotateCw size={13} aria-hidden /> <span className="hidden sm:inline">Refresh</span>
            </button>
            <button
              type="button"
              className="control"
              aria-label="Reprice stored calls"
              onClick={() => setRepricing(true)}
            >
              <History size={13} aria-hidden /> <span className="hidden sm:inline">Reprice</span>
            </button>
            <button type="button" className="control-primary" aria-label="Set a price" onClick={add}>
              <Plus size={13} aria-hidden /> <span className="hidden sm:inline">Set a price</span>
            </button>
          </>
        }
      >
        <h1 className="text-title font-semibold whitespace-nowrap">Prices</h1>
        <span className="hidden truncate text-small text-ink-faint lg:inline">
          US dollars per million tokens, as they apply to calls that arrive now
        </span>
      </PageBar>
      {error && !(models.data && own.data) ? (
        <ProblemView error={error} onRetry={refresh} />
      ) : models.data && own.data ? (
        <div className={`flex flex-col gap-7 px-3 py-4 ${models.isPlaceholderData ? 'opacity-50' : ''}`}>
          <ModelTable
            list={models.data}
            own={own.data.prices}
            range={labelOf(view.range)}
            onSet={(model, provider, price) =>
              setEdited({ id: undefined, form: emptyForm(model, provider, price) })
            }
            onEdit={edit}
          />
          <OwnPriceTable prices={own.data.prices} onEdit={edit} />
        </div>
      ) : null}
      <PriceDialog editing={editing} prices={prices} onClose={close} />
      <RepriceDialog
        open={isRepricing && project !== undefined}
        project={project ?? ''}
        onClose={() => setRepricing(false)}
      />
    </>
  );
}
