import { formatCost } from '@throughline/spans';
import { useEffect } from 'react';
import { ApiError } from '../../api/api-error.ts';
import type { RepriceJob } from '../../api/types.ts';
import { countOf, showCost, showCount } from '../../format/numbers.ts';
import { visibleName } from '../../format/visible-name.ts';
import { Modal } from '../../ui/modal.tsx';
import { Value } from '../../ui/value.tsx';
import { useReprice } from './use-reprice.ts';

interface RepriceDialogProps {
  readonly open: boolean;
  readonly project: string;
  readonly onClose: () => void;
}

/** Shows what new prices change in stored costs, and applies them. The run goes on if the dialog is closed. */
export function RepriceDialog({ open, project, onClose }: RepriceDialogProps) {
  const reprice = useReprice(project, open);
  const { isKnown, job, error, busy, start } = reprice;
  const needsPreview = open && isKnown && job === undefined && !busy && !error;
  useEffect(() => {
    if (needsPreview) start(true);
  }, [needsPreview, start]);
  const close = () => {
    reprice.close();
    onClose();
  };
  return (
    <Modal open={open} onClose={close} label="Reprice stored calls">
      <div className="flex max-h-[80vh] flex-col gap-3 overflow-y-auto p-4">
        <h2 className="text-title font-semibold">Reprice stored calls</h2>
        <p className="text-ink-soft">
          Computes the costs of all stored calls of <b className="font-medium wrap-anywhere">{project}</b>{' '}
          again with the prices of now. Costs that were reported, scores and tags stay as they are.
        </p>
        {job ? <JobState job={job} /> : !error && <p className="text-ink-faint">Looking for changes …</p>}
        {error && (
          <p role="alert" className="text-small text-error wrap-anywhere">
            {error instanceof ApiError ? error.detail : error.message}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {job?.state === 'done' && job.dryRun && job.spansChanged > 0 && (
            <button type="button" className="control-primary" disabled={busy} onClick={() => start(false)}>
              Reprice {countOf(job.spansChanged, 'call')}
            </button>
          )}
          {job?.state === 'running' && (
            <button type="button" className="control" disabled={busy} onClick={() => reprice.cancel(job.id)}>
              Cancel
            </button>
          )}
          <button type="button" className="control" data-autofocus onClick={close}>
            {job?.state === 'running' && !job.dryRun ? 'Close, and go on in the background' : 'Close'}
          </button>
        </div>
      </div>
    </Modal>
  );
}

function JobState({ job }: { job: RepriceJob }) {
  const { state, spansDone, spansTotal, spansChanged } = job;
  const share = spansTotal === 0 ? 1 : spansDone / spansTotal;
  return (
    <>
      <div
        role="progressbar"
        aria-label="Examined calls"
        aria-valuenow={Math.round(share * 100)}
        className="h-1.5 overflow-hidden rounded-sm bg-sunken"
      >
        <div className="h-full bg-accent" style={{ width: `${share * 100}%` }} />
      </div>
      <p role="status">
        {sentenceOf(job)}{' '}
        <span className="text-ink-faint">
          {showCount(spansDone).text}
          {state === 'running' && ` of ${showCount(spansTotal).text}`} calls examined.
        </span>
      </p>
      {spansChanged > 0 && <Changes job={job} />}
    </>
  );
}

function sentenceOf({ state, dryRun, spansChanged, costBeforeUsd, costAfterUsd, error }: RepriceJob): string {
  if (state === 'failed') return `The run failed. ${error ?? ''}`;
  if (state === 'cancelled') return `The run was cancelled. ${countOf(spansChanged, 'call')} changed.`;
  const costs = `${formatCost(costBeforeUsd)} → ${formatCost(costAfterUsd)}`;
  if (dryRun) {
    if (spansChanged === 0) return state === 'done' ? 'Every cost is up to date.' : 'No changes so far.';
    return `${countOf(spansChanged, 'call')} would change: ${costs}.`;
  }
  return state === 'done'
    ? `${countOf(spansChanged, 'call')} changed: ${costs}.`
    : `${countOf(spansChanged, 'call')} changed so far.`;
}

/** The models whose costs change. */
function Changes({ job }: { job: RepriceJob }) {
  const changed = job.models.filter((model) => model.changed > 0);
  return (
    <table className="w-full border-collapse text-left">
      <thead className="border-b border-line text-small text-ink-faint">
        <tr className="h-7">
          <th scope="col" className="pr-2 font-normal">
            Model
          </th>
          <th scope="col" className="px-2 text-right font-normal">
            Changed
          </th>
          <th scope="col" className="px-2 text-right font-normal">
            Before
          </th>
          <th scope="col" className="pl-2 text-right font-normal">
            After
          </th>
        </tr>
      </thead>
      <tbody>
        {changed.map(({ provider, model, changed: count, costBeforeUsd, costAfterUsd }) => (
          <tr
            key={`${provider}\n${model}`}
            className="border-b border-line/60 align-top"
            data-repriced={model}
          >
            <td className="py-1 pr-2 wrap-anywhere">{model === null ? '(others)' : visibleName(model)}</td>
            <td className="px-2 py-1 text-right">{showCount(count).text}</td>
            <td className="px-2 py-1 text-right">
              <Value shown={showCost(costBeforeUsd)} />
            </td>
            <td className="py-1 pl-2 text-right">
              <Value shown={showCost(costAfterUsd)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
