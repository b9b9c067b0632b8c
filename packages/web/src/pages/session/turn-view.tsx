import { Link } from '@tanstack/react-router';
import { formatCount } from '@throughline/spans';
import { CornerDownRight, Wrench } from 'lucide-react';
import type { SessionTurn } from '../../api/types.ts';
import { FoldedText } from '../../content/folded-text.tsx';
import { useReadingMode } from '../../content/reading-mode.tsx';
import { countOf, showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { ScoreChip } from '../../scores/score-chip.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';

interface TurnViewProps {
  readonly turn: SessionTurn;
  readonly project: string;
  /** Time since the turn before, if it is long. */
  readonly pause: string | undefined;
  readonly active: boolean;
  readonly onActivate: () => void;
}

const QUESTION_LIMIT = { lines: 14, characters: 1800 };
const ANSWER_LIMIT = { lines: 30, characters: 4000 };

/** One turn of a conversation: what the user said, the steps in between, and what came back. */
export function TurnView({ turn, project, pause, active, onActivate }: TurnViewProps) {
  return (
    // Turns that are not visible are not laid out, so that a thousand of them scroll smoothly.
    <li
      data-turn={turn.traceId}
      data-active={active || undefined}
      onPointerDown={onActivate}
      className="border-b border-line py-3 [contain-intrinsic-size:auto_160px] [content-visibility:auto] data-active:bg-selected/40"
    >
      {pause !== undefined && (
        <p className="mb-2 flex items-center gap-2 text-small text-ink-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          {pause}
        </p>
      )}
      <TurnLine turn={turn} project={project} />
      <div className="mt-1.5 grid grid-cols-[minmax(0,1fr)] gap-x-3 gap-y-2 sm:grid-cols-[5rem_minmax(0,1fr)]">
        <Said by="User" text={turn.question} limit={QUESTION_LIMIT} turn={turn} project={project} />
        <Steps turn={turn} project={project} />
        <Said by="Assistant" text={turn.answer} limit={ANSWER_LIMIT} turn={turn} project={project} />
      </div>
    </li>
  );
}

/** The figures of the turn. Its name leads to the trace. */
function TurnLine({ turn, project }: Pick<TurnViewProps, 'turn' | 'project'>) {
  const start = parseTimestamp(turn.startTime);
  const tokens = sumOf(turn.inputTokens, turn.outputTokens);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-small text-ink-soft">
      <span className="flex min-w-0 items-center gap-1">
        <StatusMark status={turn.status} running={turn.running} failures={turn.errorCount} />
        <Link
          to="/t/$traceId"
          params={{ traceId: turn.traceId }}
          search={{ project }}
          title={turn.name}
          className="min-w-0 truncate font-medium text-ink underline-offset-2 hover:text-accent hover:underline"
        >
          {visibleName(turn.name) || '(no name)'}
        </Link>
      </span>
      {start && (
        <time dateTime={turn.startTime} title={turn.startTime}>
          {formatInstant(start.epochMs, Date.now())}
        </time>
      )}
      {turn.running ? (
        <span className="text-accent">running</span>
      ) : (
        <Value shown={showDuration(turn.durationMs)} />
      )}
      {tokens !== null && (
        <span>
          <Value shown={showCount(tokens)} /> <span className="text-ink-faint">tokens</span>
        </span>
      )}
      {(turn.costUsd !== null || turn.costIncomplete) && <Value shown={showCost(turn.costUsd, turn)} />}
      {turn.scores.map((score) => (
        <ScoreChip key={`${score.name} ${score.spanId} ${score.source} ${score.evaluator}`} score={score} />
      ))}
    </div>
  );
}

interface SaidProps extends Pick<TurnViewProps, 'turn' | 'project'> {
  readonly by: 'User' | 'Assistant';
  readonly text: SessionTurn['question'];
  readonly limit: { readonly lines: number; readonly characters: number };
}

function Said({ by, text, limit, turn, project }: SaidProps) {
  const [mode] = useReadingMode();
  return (
    <>
      <span className={`text-small ${by === 'Assistant' ? 'font-medium text-ink' : 'text-ink-soft'}`}>
        {by}
      </span>
      <div className="min-w-0">
        {text ? (
          <FoldedText
            text={text.text}
            rendered={mode === 'rendered' && by === 'Assistant'}
            mono={mode === 'raw'}
            limit={limit}
          />
        ) : (
          <span className="text-ink-faint">
            {by === 'Assistant' && turn.running ? 'No answer yet.' : 'Not recorded.'}
          </span>
        )}
        {text?.cut && (
          <Link
            to="/t/$traceId"
            params={{ traceId: turn.traceId }}
            search={{ project }}
            className="link text-small"
          >
            The whole text is in the trace
          </Link>
        )}
      </div>
    </>
  );
}

/** What happened between question and answer: the tools, and what failed. Nothing is shown if neither is there. */
function Steps({ turn, project }: Pick<TurnViewProps, 'turn' | 'project'>) {
  const { tools, failures } = turn;
  if (tools.length === 0 && failures.length === 0) return null;
  const calls = tools.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className="flex min-w-0 flex-col gap-0.5 text-small sm:col-start-2">
      {tools.length > 0 && (
        <details className="group/tools min-w-0">
          <summary className="flex cursor-pointer list-none items-center gap-1.5 text-ink-soft hover:text-ink">
            <Wrench size={12} className="shrink-0 text-kind-tool" aria-hidden />
            <span className="min-w-0 truncate">
              {countOf(calls, 'tool call')}: {tools.map(toolText).join(', ')}
            </span>
          </summary>
          <ul className="mt-1 ml-4 flex flex-col gap-0.5">
            {tools.map((tool) => (
              <li key={tool.name} className="flex min-w-0 gap-2">
                <SpanLink turn={turn} project={project} spanId={tool.spanId}>
                  {visibleName(tool.name) || '(no name)'}
                </SpanLink>
                <span className="text-ink-faint">×{formatCount(tool.count)}</span>
                {tool.failedCount > 0 && (
                  <span className="text-warning">{formatCount(tool.failedCount)} failed</span>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {failures.map((failure) => (
        <p
          key={failure.spanId}
          className={`flex min-w-0 items-baseline gap-1.5 ${turn.status === 'error' ? 'text-error' : 'text-warning'}`}
        >
          <CornerDownRight size={12} className="shrink-0 self-center" aria-hidden />
          <SpanLink turn={turn} project={project} spanId={failure.spanId}>
            {visibleName(failure.name) || '(no name)'}
          </SpanLink>
          <span className="min-w-0 truncate" title={failure.message ?? undefined}>
            {reasonOf(failure)}
          </span>
        </p>
      ))}
      {turn.errorCount > failures.length && (
        <p className="ml-4 text-ink-soft">
          {countOf(turn.errorCount, 'failed step')} in all
          {turn.status !== 'error' && '; the turn went on'}
        </p>
      )}
    </div>
  );
}

/** `lookup ×2` */
function toolText({ name, count }: SessionTurn['tools'][number]): string {
  const shown = visibleName(name) || '(no name)';
  return count === 1 ? shown : `${shown} ×${formatCount(count)}`;
}

function reasonOf({ errorType, message }: SessionTurn['failures'][number]): string {
  if (errorType === null && message === null) return 'failed';
  return `failed: ${[errorType, message].filter((part) => part !== null).join(': ')}`;
}

function SpanLink({
  turn,
  project,
  spanId,
  children,
}: Pick<TurnViewProps, 'turn' | 'project'> & { spanId: string; children: string }) {
  return (
    <Link
      to="/t/$traceId"
      params={{ traceId: turn.traceId }}
      search={{ project, span: spanId }}
      className="max-w-80 shrink-0 truncate underline-offset-2 hover:underline"
    >
      {children}
    </Link>
  );
}
