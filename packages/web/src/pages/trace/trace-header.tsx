import { type Conclusion, formatConclusion, formatCount } from '@throughline/spans';
import type { ReactNode } from 'react';
import type { Trace } from '../../api/types.ts';
import { toJson } from '../../content/to-json.ts';
import { FilterLink } from '../../filter/filter-link.tsx';
import { GroupPageLink } from '../../filter/group-page-link.tsx';
import { countOf, pluralOf, showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';
import type { TraceLayout } from '../../waterfall/layout.ts';
import { showOpen } from '../../waterfall/running.ts';
import { CompareButton } from './compare-button.tsx';
import { CompareMenu } from './compare-menu.tsx';
import { ConclusionText } from './conclusion-text.tsx';
import { type CopyChoice, CopyMenu } from './copy/copy-menu.tsx';
import { curlOf, traceMarkdown, tracePath } from './copy/copy-texts.ts';

interface TraceHeaderProps {
  readonly trace: Trace;
  /** Absent in a preview, which offers no comparison. */
  readonly project?: string | undefined;
  readonly layout: TraceLayout;
  /** Undefined while it is computed. */
  readonly conclusion: Conclusion | undefined;
  readonly selectedId: string | undefined;
  readonly onSelect: (spanId: string) => void;
  readonly scores: ReactNode;
}

/** Facts about the origin of a trace, such as its user. */
const LABELS = [
  ['session', 'Session', (trace: Trace) => trace.sessionId],
  ['user', 'User', (trace: Trace) => trace.userId],
  ['feature', 'Feature', (trace: Trace) => trace.feature],
] as const;

/** The summary of a trace: its name and figures, and the spans to look at first. */
export function TraceHeader({
  trace,
  project,
  layout,
  conclusion,
  selectedId,
  onSelect,
  scores,
}: TraceHeaderProps) {
  const start = parseTimestamp(trace.startTime);
  const { models } = trace;
  const tokens = sumOf(trace.inputTokens, trace.outputTokens);
  return (
    <header className="shrink-0 border-b border-line px-3 py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <div className="flex min-w-0 items-center gap-1.5">
          <StatusMark status={trace.status} running={trace.running} failures={trace.errorCount} />
          <h1 className="min-w-0 truncate text-title font-semibold" title={trace.name}>
            {visibleName(trace.name) || '(no name)'}
          </h1>
        </div>
        {trace.running ? <RunningFor layout={layout} /> : <Value shown={showDuration(trace.durationMs)} />}
        {tokens !== null && (
          <>
            <Value shown={showCost(trace.costUsd, trace)} />
            <span
              title={`${showCount(trace.inputTokens).text} input → ${showCount(trace.outputTokens).text} output tokens`}
            >
              <Value shown={showCount(tokens)} />{' '}
              <span className="text-ink-faint">{pluralOf(tokens, 'token')}</span>
            </span>
          </>
        )}
        {tokens === null && trace.costUsd !== null && <Value shown={showCost(trace.costUsd, trace)} />}
        <span title={countOf(trace.spanCount, 'span')}>
          <Value shown={showCount(trace.spanCount)} />{' '}
          <span className="text-ink-faint">{pluralOf(trace.spanCount, 'span')}</span>
        </span>
        {models.length > 0 && (
          <span className="flex max-w-60 min-w-0 text-ink-soft" title={models.join('\n')}>
            {models.length === 1 ? (
              <FilterLink subject="model" value={models[0] ?? ''} />
            ) : (
              countOf(models.length, 'model')
            )}
          </span>
        )}
        {LABELS.map(([subject, name, read]) => {
          const value = read(trace);
          return (
            value !== null && (
              <span key={subject} className="flex max-w-60 min-w-0 text-ink-soft" title={`${name} ${value}`}>
                {subject === 'feature' ? (
                  <FilterLink subject={subject} value={value} />
                ) : (
                  <GroupPageLink of={subject} id={value} />
                )}
              </span>
            )
          );
        })}
        {start && (
          <time dateTime={trace.startTime} title={trace.startTime} className="text-ink-soft">
            {formatInstant(start.epochMs, Date.now())}
          </time>
        )}
        <span className="ml-auto flex">
          {project !== undefined && (
            <>
              <CompareButton trace={trace} project={project} />
              <CompareMenu trace={trace} project={project} />
            </>
          )}
          <CopyButton text={trace.traceId} label="Copy the trace id">
            <span className="text-small">id</span>
          </CopyButton>
          <CopyButton text={() => location.href} label="Copy a link to this view">
            <span className="text-small">link</span>
          </CopyButton>
          <CopyMenu label="Copy the trace as" choices={copyChoices(trace, conclusion)} />
        </span>
      </div>
      <div className="mt-0.5 flex flex-wrap items-center gap-x-4 gap-y-0.5">
        {conclusion && <ConclusionText conclusion={conclusion} selectedId={selectedId} onSelect={onSelect} />}
        {scores}
      </div>
      {trace.spanCount > trace.spans.length && (
        <p className="mt-1 text-small text-warning">
          This trace is too large to show completely: these are the earliest {formatCount(trace.spans.length)}{' '}
          of {countOf(trace.spanCount, 'span')}.
        </p>
      )}
    </header>
  );
}

function copyChoices(trace: Trace, conclusion: Conclusion | undefined): CopyChoice[] {
  const project = new URLSearchParams(location.search).get('project') ?? undefined;
  return [
    { label: 'curl', text: () => curlOf(location.origin, tracePath(trace.traceId), project) },
    { label: 'JSON', text: () => toJson(trace, 2) },
    {
      label: 'Markdown',
      text: () => traceMarkdown(trace, conclusion ? formatConclusion(conclusion) : '', location.href),
    },
  ];
}

function RunningFor({ layout }: { layout: TraceLayout }) {
  const { sentence, exact } = showOpen(layout.nowMs, layout.stale);
  return (
    <span className={layout.stale ? 'text-ink-soft' : 'text-accent'} title={exact}>
      {sentence}
    </span>
  );
}
