import { formatCost, formatCount } from '@throughline/spans';
import type { ReactNode } from 'react';
import type { Trace } from '../../api/types.ts';
import { FilterLink } from '../../filter/filter-link.tsx';
import {
  countOf,
  pluralOf,
  showCost,
  showCount,
  showDuration,
  showShare,
  sumOf,
} from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';
import type { Conclusion } from '../../waterfall/conclusion.ts';
import type { TraceLayout } from '../../waterfall/layout.ts';
import { showOpen } from '../../waterfall/running.ts';

interface TraceHeaderProps {
  readonly trace: Trace;
  readonly layout: TraceLayout;
  readonly conclusion: Conclusion;
  readonly onSelect: (index: number) => void;
  readonly scores: ReactNode;
}

/** Who and what the trace was for. */
const LABELS = [
  ['session', 'Session', (trace: Trace) => trace.sessionId],
  ['user', 'User', (trace: Trace) => trace.userId],
  ['feature', 'Feature', (trace: Trace) => trace.feature],
] as const;

/** The summary of a trace: its name and figures, and the spans to look at first. */
export function TraceHeader({ trace, layout, conclusion, onSelect, scores }: TraceHeaderProps) {
  const start = parseTimestamp(trace.startTime);
  const { models } = trace;
  const tokens = sumOf(trace.inputTokens, trace.outputTokens);
  return (
    <header className="shrink-0 border-b border-line px-3 py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <div className="flex min-w-0 items-center gap-1.5">
          <StatusMark status={trace.status} running={trace.running} failures={trace.errorCount} />
          <h1 className="min-w-0 truncate text-title font-semibold" title={trace.name}>
            {trace.name || '(no name)'}
          </h1>
        </div>
        {trace.running ? <RunningFor layout={layout} /> : <Value shown={showDuration(trace.durationMs)} />}
        {tokens !== null && (
          <>
            <span title={trace.costUsd === null ? 'The prices of these models are not known' : undefined}>
              <Value shown={showCost(trace.costUsd, trace.costIncomplete)} />
            </span>
            <span
              title={`${showCount(trace.inputTokens).text} input → ${showCount(trace.outputTokens).text} output tokens`}
            >
              <Value shown={showCount(tokens)} />{' '}
              <span className="text-ink-faint">{pluralOf(tokens, 'token')}</span>
            </span>
          </>
        )}
        {tokens === null && trace.costUsd !== null && (
          <Value shown={showCost(trace.costUsd, trace.costIncomplete)} />
        )}
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
                <FilterLink subject={subject} value={value} />
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
          <CopyButton text={trace.traceId} label="Copy the trace id">
            <span className="text-small">id</span>
          </CopyButton>
          <CopyButton text={() => location.href} label="Copy a link to this view">
            <span className="text-small">link</span>
          </CopyButton>
        </span>
      </div>
      <div className="mt-0.5 flex flex-wrap items-center gap-x-4 gap-y-0.5">
        <ConclusionLine layout={layout} conclusion={conclusion} onSelect={onSelect} />
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

function RunningFor({ layout }: { layout: TraceLayout }) {
  const { sentence, exact } = showOpen(layout.nowMs, layout.stale);
  return (
    <span className={layout.stale ? 'text-ink-soft' : 'text-accent'} title={exact}>
      {sentence}
    </span>
  );
}

function ConclusionLine({
  layout,
  conclusion,
  onSelect,
}: Pick<TraceHeaderProps, 'layout' | 'conclusion' | 'onSelect'>) {
  const { slowest, mostExpensive, errors } = conclusion;
  const nameOf = (index: number) => layout.spans[index]?.name || '(no name)';
  const facts: ReactNode[] = [];
  if (slowest)
    facts.push(
      <Fact
        key="slowest"
        label="Slowest"
        onClick={() => onSelect(slowest.index)}
        name={nameOf(slowest.index)}
      >
        {showShare(slowest.share, 1).text}
      </Fact>,
    );
  if (mostExpensive)
    facts.push(
      <Fact
        key="mostExpensive"
        label="Most expensive"
        onClick={() => onSelect(mostExpensive.index)}
        name={nameOf(mostExpensive.index)}
      >
        {formatCost(mostExpensive.costUsd)}
      </Fact>,
    );
  const [firstError] = errors;
  if (firstError !== undefined)
    facts.push(
      <Fact
        key="errors"
        label={countOf(errors.length, 'error')}
        onClick={() => onSelect(firstError)}
        name={nameOf(firstError)}
        alarming
      />,
    );
  if (facts.length === 0) return null;
  return <p className="flex min-w-0 flex-wrap gap-x-4">{facts}</p>;
}

interface FactProps {
  readonly label: string;
  readonly name: string;
  readonly onClick: () => void;
  readonly alarming?: boolean;
  readonly children?: ReactNode;
}

function Fact({ label, name, onClick, alarming = false, children }: FactProps) {
  return (
    <span className="flex min-w-0 max-w-full gap-1.5">
      <span className={`shrink-0 ${alarming ? 'text-error' : 'text-ink-faint'}`}>{label}:</span>
      <button type="button" className="link min-w-0 truncate" title={name} onClick={onClick}>
        {name}
      </button>
      {children && <span className="shrink-0">{children}</span>}
    </span>
  );
}
