import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { runsBeforeQuery, usualRunsQuery } from '../../api/queries.ts';
import type { Trace } from '../../api/types.ts';
import { parseTimestamp } from '../../format/timestamp.ts';
import { Dropdown } from '../../ui/dropdown.tsx';
import { usualSentence } from './usual-sentence.ts';

const WEEK_MS = 7 * 86_400_000;

interface CompareMenuProps {
  readonly trace: Trace;
  readonly project: string;
}

/** Further traces to compare with, and how this one compares with the usual ones of the last week. */
export function CompareMenu({ trace, project }: CompareMenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      label="Earlier runs"
      open={open}
      onOpenChange={setOpen}
      align="end"
      triggerClass="control-quiet px-0.5"
      trigger={<ChevronDown size={13} aria-hidden />}
    >
      <Choices trace={trace} project={project} onClose={() => setOpen(false)} />
    </Dropdown>
  );
}

function Choices({ trace, project, onClose }: CompareMenuProps & { readonly onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [note, setNote] = useState('');
  const startMs = parseTimestamp(trace.startTime)?.epochMs ?? 0;
  const weekBefore = new Date(startMs - WEEK_MS).toISOString();
  const usual = useQuery(usualRunsQuery(trace.name, weekBefore, trace.startTime, project));
  const compare = async (before: string, isWanted: (run: Run) => boolean, missing: string) => {
    setNote('Searching…');
    try {
      const { traces } = await client.fetchQuery(runsBeforeQuery(trace.name, before, project));
      const found = traces.find((run) => run.traceId !== trace.traceId && isWanted(run));
      if (!found) return setNote(missing);
      onClose();
      await navigate({
        to: '/compare/$a/$b',
        params: { a: found.traceId, b: trace.traceId },
        search: { project },
      });
    } catch {
      setNote('The earlier traces could not be read.');
    }
  };
  return (
    <div className="w-80">
      <button
        type="button"
        className="menu-row"
        disabled={trace.inputPreview === null}
        onClick={() =>
          void compare(
            trace.startTime,
            ({ inputPreview }) => inputPreview === trace.inputPreview,
            'None of the last 200 traces of this name has the same input.',
          )
        }
      >
        The previous run of the same input
      </button>
      <button
        type="button"
        className="menu-row"
        onClick={() => void compare(weekBefore, () => true, 'No trace of this name is a week older.')}
      >
        The same name a week before
      </button>
      <p className="border-t border-line px-2 pt-1.5 pb-1 text-small text-ink-soft">
        <span className="block text-ink-faint">In the week before</span>
        {usual.data
          ? usual.data.traces === 0
            ? 'No other trace has this name.'
            : usualSentence(trace, usual.data)
          : usual.error
            ? usual.error.message
            : '…'}
      </p>
      <p aria-live="polite" className="px-2 text-small text-ink-soft empty:hidden">
        {note}
      </p>
    </div>
  );
}

type Run = Pick<Trace, 'traceId' | 'inputPreview'>;
