import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatDuration } from '@throughline/spans';
import { sessionScoresQuery } from '../../api/queries.ts';
import type { SessionDetail } from '../../api/types.ts';
import { equals, filterOfConditions } from '../../filter/conditions.ts';
import { GroupPageLink } from '../../filter/group-page-link.tsx';
import { groupSentence } from '../../format/group-sentence.ts';
import { showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { formatInstant, millisecondsBetween, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { ScoreChip } from '../../scores/score-chip.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Figure } from '../../ui/figure.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';

interface SessionHeaderProps {
  readonly session: SessionDetail;
  readonly project: string;
}

/** The conclusion about a session and its totals. */
export function SessionHeader({ session, project }: SessionHeaderProps) {
  const { data } = useQuery(sessionScoresQuery(session.sessionId, project));
  const scores = data?.scores ?? [];
  return (
    <header className="shrink-0 border-b border-line px-3 py-2">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <div className="flex min-w-0 items-center gap-1.5">
            <StatusMark
              status={session.failedTraceCount > 0 ? 'error' : 'ok'}
              running={session.runningCount > 0}
              failures={session.errorCount}
            />
            <h1 className="min-w-0 truncate text-title font-semibold" title={session.sessionId}>
              {visibleName(session.sessionId)}
            </h1>
            <CopyButton text={session.sessionId} label="Copy the session id">
              <span className="text-small">id</span>
            </CopyButton>
          </div>
          <p className="text-ink-soft">{groupSentence(session, 'turn')}</p>
          <p className="flex flex-wrap gap-x-4 text-small text-ink-soft">
            <Period session={session} />
            {session.users.map((user) => (
              <GroupPageLink key={user} of="user" id={user} project={project} className="max-w-60" />
            ))}
            {session.models.length > 0 && (
              <span className="max-w-60 truncate" title={session.models.join('\n')}>
                {session.models.join(', ')}
              </span>
            )}
            <Link
              to="/"
              search={{
                project,
                from: session.firstSeen,
                to: after(session.lastSeen),
                q: filterOfConditions([equals('session', session.sessionId)]),
              }}
              className="link"
            >
              As a list of traces
            </Link>
          </p>
        </div>
        <Totals session={session} />
      </div>
      {scores.length > 0 && (
        <div className="mt-1.5 flex flex-wrap gap-1.5">
          {scores.map((score) => (
            <ScoreChip key={score.id} score={score} />
          ))}
        </div>
      )}
    </header>
  );
}

function Totals({ session }: { session: SessionDetail }) {
  const tokens = sumOf(session.inputTokens, session.outputTokens);
  return (
    <dl className="flex flex-wrap items-center gap-x-3 sm:gap-x-5">
      <Figure label="Turns">
        <Value shown={showCount(session.traceCount)} />
      </Figure>
      <Figure label="Time in turns">
        <Value shown={showDuration(session.activeMs)} />
      </Figure>
      <Figure label="Tokens">
        <Value shown={showCount(tokens)} />
      </Figure>
      <Figure label="Cost">
        <Value shown={showCost(session.costUsd, session)} />
      </Figure>
      <Figure label="Failed turns">
        <span className={session.failedTraceCount > 0 ? 'text-error' : ''}>
          <Value shown={showCount(session.failedTraceCount)} />
        </span>
      </Figure>
      <Figure label="Failed steps">
        <span className={session.errorCount > 0 ? 'text-warning' : ''}>
          <Value shown={showCount(session.errorCount)} />
        </span>
      </Figure>
    </dl>
  );
}

/** When the session took place, and how long it lasted until the start of its last turn. */
function Period({ session: { firstSeen, lastSeen } }: { session: SessionDetail }) {
  const [first, last] = [parseTimestamp(firstSeen), parseTimestamp(lastSeen)];
  if (!first || !last) return null;
  const now = Date.now();
  const lasted = millisecondsBetween(first, last);
  return (
    <span title={`${firstSeen} – ${lastSeen}`}>
      {formatInstant(first.epochMs, now)}
      {lasted >= 1000 && ` – ${formatInstant(last.epochMs, now)} (${formatDuration(lasted)})`}
    </span>
  );
}

/** The next millisecond, because the end of a range is exclusive. */
function after(time: string): string {
  return new Date((parseTimestamp(time)?.epochMs ?? 0) + 1).toISOString();
}
