import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeftRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { traceDiffQuery } from '../../api/queries.ts';
import type { TraceDiff } from '../../api/types.ts';
import { pluralOf, showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { Value } from '../../ui/value.tsx';
import { useUrlView } from '../../url/search-params.ts';
import { comparisonSentence } from './comparison-sentence.ts';
import { foldRows } from './fold-rows.ts';
import { StepContent } from './step-content.tsx';
import { StepTable } from './step-table.tsx';
import { parseCompareView, printCompareView } from './url.ts';

/** Two traces, aligned step by step. */
export function ComparePage() {
  const { a, b } = useParams({ from: '/compare/$a/$b' });
  const [view, setView] = useUrlView(parseCompareView, printCompareView);
  const { project: current } = useProject();
  const project = view.project ?? current;
  const { data, error, refetch } = useQuery({
    ...traceDiffQuery(a, b, project ?? ''),
    enabled: project !== undefined,
  });
  useTitle(data ? `${data.a.name} ↔ ${data.b.name}` : 'Compare');
  return (
    <>
      <PageBar>
        <Link
          to="/"
          search={project === undefined ? {} : { project }}
          className="text-ink-soft hover:text-ink"
        >
          Traces
        </Link>
        <span className="text-ink-faint" aria-hidden>
          /
        </span>
        <span className="text-ink-soft">Compare</span>
      </PageBar>
      {data && project !== undefined ? (
        <Comparison
          key={`${a} ${b}`}
          diff={data}
          project={project}
          step={view.step}
          onStep={(step) =>
            setView(({ step: _, ...rest }) => (step === undefined ? rest : { ...rest, step }))
          }
        />
      ) : error ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="appear-late flex flex-col gap-3 p-4" role="status" aria-label="Comparing the traces">
          <span className="skeleton h-5 w-96 max-w-full" />
          <span className="skeleton h-3 w-full" />
          <span className="skeleton h-3 w-5/6" />
        </div>
      )}
    </>
  );
}

interface ComparisonProps {
  readonly diff: TraceDiff;
  readonly project: string;
  readonly step: number | undefined;
  readonly onStep: (step: number | undefined) => void;
}

function Comparison({ diff, project, step, onStep }: ComparisonProps) {
  const { a, b, steps } = diff;
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(
    () => foldRows(steps, (each) => isUnremarkable(each, diff), opened),
    [steps, diff, opened],
  );
  const selected = step === undefined ? undefined : steps[step];
  const move = (by: number) => {
    const shown = rows.flatMap((row) => (row.kind === 'row' ? row.index : []));
    const at = step === undefined ? -1 : shown.indexOf(step);
    const next = shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next !== undefined) onStep(next);
  };
  const nextChange = () => {
    const remarkable = (each: TraceDiff['steps'][number]) => !isUnremarkable(each, diff);
    const after = steps.findIndex((each, i) => i > (step ?? -1) && remarkable(each));
    const next = after < 0 ? steps.findIndex(remarkable) : after;
    if (next >= 0) onStep(next);
  };
  useKeys('Compare', [
    { keys: ['j', 'ArrowDown'], label: 'Next step', run: () => move(1), yieldsToPanes: true },
    { keys: ['k', 'ArrowUp'], label: 'Previous step', run: () => move(-1), yieldsToPanes: true },
    { keys: ['n'], label: 'Next change', run: nextChange },
    { keys: ['Escape'], label: 'Close the step', run: () => onStep(undefined) },
  ]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0 border-b border-line px-3 py-2">
        <h1 className="sr-only">Comparison of two traces</h1>
        <div className="grid gap-x-4 gap-y-1 md:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
          <TraceSide label="First" trace={a} project={project} />
          <Link
            to="/compare/$a/$b"
            params={{ a: b.traceId, b: a.traceId }}
            search={{ project }}
            className="control-quiet self-center"
            title="Exchange the two traces"
          >
            <ArrowLeftRight size={14} aria-hidden />
            <span className="sr-only">Exchange the two traces</span>
          </Link>
          <TraceSide label="Second" trace={b} project={project} />
        </div>
        <p className="mt-1.5 wrap-anywhere" role="status" aria-label="Summary">
          {comparisonSentence(diff)}
        </p>
      </header>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <StepTable
          rows={rows}
          selected={step}
          onSelect={onStep}
          onOpen={(index) => setOpened((old) => new Set(old).add(index))}
        />
        {selected && (
          <StepContent
            key={step}
            step={selected}
            traceIds={{ a: a.traceId, b: b.traceId }}
            project={project}
            onClose={() => onStep(undefined)}
          />
        )}
      </div>
    </div>
  );
}

/** A difference in time or cost with less than this part of the trace is left to the figures. */
const WORTH_SHOWING = 0.05;

/** Whether a step has the same content and took about the same time and money in both traces. */
function isUnremarkable({ change, delta }: TraceDiff['steps'][number], { a, b }: TraceDiff): boolean {
  const isSmall = (value: number | null, of: number | null, other: number | null) =>
    Math.abs(value ?? 0) <= WORTH_SHOWING * Math.max(of ?? 0, other ?? 0);
  return (
    change === 'same' &&
    isSmall(delta.selfMs, a.durationMs, b.durationMs) &&
    isSmall(delta.costUsd, a.costUsd, b.costUsd)
  );
}

function TraceSide({ label, trace, project }: { label: string; trace: TraceDiff['a']; project: string }) {
  const start = parseTimestamp(trace.startTime);
  const tokens = sumOf(trace.inputTokens, trace.outputTokens);
  return (
    <section aria-label={label} className="flex min-w-0 flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span className="text-small text-ink-faint">{label}</span>
      <StatusMark status={trace.status} running={trace.running} failures={trace.errorCount} />
      <Link
        to="/t/$traceId"
        params={{ traceId: trace.traceId }}
        search={{ project }}
        className="link min-w-0 truncate font-medium"
        title={trace.name}
      >
        {trace.name || '(no name)'}
      </Link>
      <Value shown={showDuration(trace.durationMs)} />
      {trace.costUsd !== null && <Value shown={showCost(trace.costUsd, trace)} />}
      {tokens !== null && (
        <span>
          <Value shown={showCount(tokens)} />{' '}
          <span className="text-ink-faint">{pluralOf(tokens, 'token')}</span>
        </span>
      )}
      {start && (
        <time dateTime={trace.startTime} title={trace.startTime} className="text-ink-soft">
          {formatInstant(start.epochMs, Date.now())}
        </time>
      )}
    </section>
  );
}
