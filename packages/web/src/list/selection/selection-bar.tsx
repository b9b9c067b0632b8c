import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Download, GitCompareArrows, Star, Tag, Trash2, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { countOf } from '../../format/numbers.ts';
import { Dropdown } from '../../ui/dropdown.tsx';
import {
  describeProgress,
  downloadExport,
  type ExportFormat,
  MAX_EXPORTED_IDS,
  saveFile,
} from '../export/download-export.ts';
import { ExportFormats } from '../export/export-formats.tsx';
import type { ListQuery, ListSpec } from '../list-spec.ts';
import { changeTags, deleteTraces, type GivenScore, scoreTargets } from './changes.ts';
import { collectRows, MAX_SELECTED, traceIdsOf } from './collect.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { ScoreRowsDialog } from './score-rows-dialog.tsx';
import { type TagChange, TagRowsDialog } from './tag-rows-dialog.tsx';
import type { Selection } from './use-selection.ts';
import { type TaskState, type TaskTools, useTask } from './use-task.ts';

interface SelectionBarProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly project: string;
  readonly selection: Selection;
  /** Whether the list has rows that are not loaded. */
  readonly hasMore: boolean;
  /** The request of the list at this moment. */
  readonly ask: () => ListQuery;
  readonly onChanged: () => void;
}

type OpenDialog = 'score' | 'tag' | undefined;

/** What can be done with the selected rows. It is below the list, so that no row moves when it appears. */
export function SelectionBar<Row>(props: SelectionBarProps<Row>) {
  const { spec, project, selection, hasMore, ask, onChanged } = props;
  const task = useTask();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<OpenDialog>();
  const [exportOpen, setExportOpen] = useState(false);
  /** The traces that the user is asked about before they are deleted. */
  const [doomed, setDoomed] = useState<readonly string[]>();
  const targets = useMemo(() => [...selection.targets.values()], [selection.targets]);
  const [one, many] = spec.nouns;
  const ofTraces = spec.id === 'traces';
  const close = () => setDialog(undefined);
  const stepsOf = ({ signal, show }: TaskTools, doing: string) => ({
    project,
    signal,
    onProgress: (done: number, of: number) =>
      show(`${doing} ${done.toLocaleString()} of ${countOf(of, 'trace')}…`),
  });
  const finish = async () => {
    selection.clear();
    await Promise.all(
      [['values'], ['traces-summary'], ['trace'], ['scores']].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
    onChanged();
  };

  const selectAll = () =>
    task.run(`Selecting ${many}…`, async ({ signal, show }) => {
      const rows = await collectRows(spec, ask(), signal, (count) =>
        show(`Selecting… ${count.toLocaleString()} ${many}`),
      );
      selection.replace(rows);
      return rows.length === MAX_SELECTED
        ? `The first ${MAX_SELECTED.toLocaleString()} ${many} are selected.`
        : `All ${rows.length.toLocaleString()} ${many} that match are selected.`;
    });
  const score = async (given: GivenScore) => {
    close();
    const done = await task.run('Scoring…', async (tools) => {
      const onProgress = (at: number, of: number) =>
        tools.show(`Scored ${at.toLocaleString()} of ${of.toLocaleString()} ${many}…`);
      await scoreTargets(targets, given, { project, signal: tools.signal, onProgress });
      return `${countOf(targets.length, one)} scored.`;
    });
    if (done) await finish();
  };
  const tag = async (change: TagChange) => {
    close();
    const done = await task.run('Changing tags…', async (tools) => {
      const ids = await traceIdsOf(targets, project, tools.signal);
      await changeTags(ids, change, stepsOf(tools, 'Changed the tags of'));
      return `The tags of ${countOf(ids.length, 'trace')} were changed.`;
    });
    if (done) await finish();
  };
  const exportRows = (format: ExportFormat) => {
    setExportOpen(false);
    void task.run('Exporting…', async ({ signal, show }) => {
      const traceIds = await traceIdsOf(targets, project, signal);
      if (traceIds.length > MAX_EXPORTED_IDS)
        throw new Error(
          `At most ${MAX_EXPORTED_IDS.toLocaleString()} selected traces can be exported. Export above the list has no limit.`,
        );
      const onProgress = (progress: Parameters<typeof describeProgress>[0]) =>
        show(describeProgress(progress));
      const { file, name } = await downloadExport(format, project, { traceIds }, signal, onProgress);
      saveFile(file, name);
      return `${countOf(traceIds.length, 'trace')} exported.`;
    });
  };
  const askToDelete = () =>
    void task.run('Reading the traces…', async ({ signal }) => {
      const ids = await traceIdsOf(targets, project, signal);
      setDoomed(ids);
      return '';
    });
  const remove = async (ids: readonly string[]) => {
    setDoomed(undefined);
    const done = await task.run('Deleting…', async (tools) => {
      await deleteTraces(ids, stepsOf(tools, 'Deleted'));
      return `${countOf(ids.length, 'trace')} deleted.`;
    });
    await finish();
    if (!done) onChanged();
  };
  const [first, second] = targets;
  const compare =
    targets.length === 2 && first?.type === 'trace' && second?.type === 'trace'
      ? () =>
          void navigate({
            to: '/compare/$a/$b',
            params: { a: first.traceId, b: second.traceId },
            search: { project },
          })
      : undefined;

  const running = task.state.type === 'running';
  if (targets.length === 0 && (task.state.type === 'idle' || isEmpty(task.state))) return null;
  const whose = ofTraces ? '' : ' their traces';
  return (
    <section
      aria-label="Selection"
      className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-t border-line bg-float px-3 py-1.5"
    >
      {targets.length > 0 && (
        <strong className="font-semibold">{countOf(targets.length, one)} selected</strong>
      )}
      <TaskText state={task.state} />
      {running ? (
        <button type="button" className="control" onClick={task.cancel}>
          Cancel
        </button>
      ) : (
        targets.length > 0 && (
          <>
            {hasMore && selection.allShown && (
              <button type="button" className="control-quiet" onClick={() => void selectAll()}>
                Select all {many} that match
              </button>
            )}
            <span className="flex flex-wrap items-center gap-1.5 sm:ml-auto">
              {compare && (
                <button type="button" className="control" onClick={compare}>
                  <GitCompareArrows size={13} aria-hidden /> Compare
                </button>
              )}
              <button type="button" className="control" onClick={() => setDialog('score')}>
                <Star size={13} aria-hidden /> Score
              </button>
              <button type="button" className="control" onClick={() => setDialog('tag')}>
                <Tag size={13} aria-hidden /> Tag{whose}
              </button>
              <Dropdown
                label={`Export${whose || ' the selection'}`}
                open={exportOpen}
                onOpenChange={setExportOpen}
                align="end"
                trigger={
                  <>
                    <Download size={13} aria-hidden /> Export{whose}
                  </>
                }
              >
                <div className="w-72">
                  <ExportFormats onChoose={exportRows} />
                </div>
              </Dropdown>
              <button type="button" className="control text-error" onClick={askToDelete}>
                <Trash2 size={13} aria-hidden /> Delete{whose}…
              </button>
            </span>
          </>
        )
      )}
      {!running && (
        <button
          type="button"
          className={`control-quiet ${targets.length === 0 ? 'ml-auto' : ''}`}
          aria-label={targets.length > 0 ? 'Clear the selection' : 'Close'}
          title={targets.length > 0 ? 'Clear the selection  Esc' : 'Close'}
          onClick={() => {
            selection.clear();
            task.dismiss();
          }}
        >
          <X size={14} aria-hidden />
        </button>
      )}
      <ScoreRowsDialog
        open={dialog === 'score'}
        onClose={close}
        what={countOf(targets.length, one)}
        onScore={(given) => void score(given)}
      />
      <TagRowsDialog
        open={dialog === 'tag'}
        onClose={close}
        what={ofTraces ? countOf(targets.length, one) : `the traces of ${countOf(targets.length, one)}`}
        project={project}
        onTag={(change) => void tag(change)}
      />
      <DeleteDialog
        traceIds={doomed}
        source={ofTraces ? undefined : countOf(targets.length, one)}
        project={project}
        onClose={() => setDoomed(undefined)}
        onDelete={(ids) => void remove(ids)}
      />
    </section>
  );
}

function isEmpty(state: TaskState): boolean {
  return state.type === 'done' && state.text === '';
}

function TaskText({ state }: { state: TaskState }) {
  if (state.type === 'failed')
    return (
      <span role="alert" className="min-w-0 text-small text-error">
        {state.text}
      </span>
    );
  return (
    <span role="status" className="min-w-0 text-small text-ink-soft">
      {state.type === 'idle' ? '' : state.text}
    </span>
  );
}
