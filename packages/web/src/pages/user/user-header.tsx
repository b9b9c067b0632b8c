import type { UserDetail } from '../../api/types.ts';
import { groupSentence } from '../../format/group-sentence.ts';
import { showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Figure } from '../../ui/figure.tsx';
import { Value } from '../../ui/value.tsx';

interface UserHeaderProps {
  readonly user: UserDetail;
}

/** The conclusion about a user and the totals of all their traces. */
export function UserHeader({ user }: UserHeaderProps) {
  const tokens = sumOf(user.inputTokens, user.outputTokens);
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2 border-b border-line px-3 py-2">
      <div className="min-w-0 flex-1 basis-80">
        <div className="flex min-w-0 items-center gap-1.5">
          <h1 className="min-w-0 truncate text-title font-semibold" title={user.userId}>
            {visibleName(user.userId)}
          </h1>
          <CopyButton text={user.userId} label="Copy the user id">
            <span className="text-small">id</span>
          </CopyButton>
        </div>
        <p className="text-ink-soft">{groupSentence(user, 'trace')}</p>
        <p className="flex flex-wrap gap-x-4 text-small text-ink-soft">
          <span>
            First seen <Instant time={user.firstSeen} />, last seen <Instant time={user.lastSeen} />
          </span>
        </p>
      </div>
      <dl className="flex flex-wrap items-center gap-x-3 sm:gap-x-5">
        <Figure label="Traces">
          <Value shown={showCount(user.traceCount)} />
        </Figure>
        <Figure label="Sessions">
          <Value shown={showCount(user.sessionCount)} />
        </Figure>
        <Figure label="p95">
          <Value shown={showDuration(user.p95DurationMs)} />
        </Figure>
        <Figure label="Tokens">
          <Value shown={showCount(tokens)} />
        </Figure>
        <Figure label="Cost">
          <Value shown={showCost(user.costUsd, user)} />
        </Figure>
        <Figure label="Failed traces">
          <span className={user.failedTraceCount > 0 ? 'text-error' : ''}>
            <Value shown={showCount(user.failedTraceCount)} />
          </span>
        </Figure>
        <Figure label="Failed steps">
          <span className={user.errorCount > 0 ? 'text-warning' : ''}>
            <Value shown={showCount(user.errorCount)} />
          </span>
        </Figure>
      </dl>
    </header>
  );
}

function Instant({ time }: { time: string }) {
  const instant = parseTimestamp(time);
  return (
    <time dateTime={time} title={time}>
      {instant ? formatInstant(instant.epochMs, Date.now()) : time}
    </time>
  );
}
