import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { formatDuration } from '@throughline/spans';
import { type RefObject, useRef, useState } from 'react';
import { sessionTurnsQuery } from '../../api/queries.ts';
import type { SessionTurn } from '../../api/types.ts';
import { parseTimestamp } from '../../format/timestamp.ts';
import { useKeys } from '../../frame/keys.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useMore } from '../../ui/use-more.ts';
import { TurnView } from './turn-view.tsx';

interface ConversationProps {
  readonly sessionId: string;
  readonly project: string;
  readonly sort: 'startTime' | '-startTime';
}

/** A longer pause between two turns is shown. */
const LONG_PAUSE_MS = 10 * 60_000;

/** The turns of a session. Further ones are loaded when the reader comes near the end. */
export function Conversation({ sessionId, project, sort }: ConversationProps) {
  const list = useInfiniteQuery(sessionTurnsQuery(sessionId, project, sort));
  const turns = list.data?.pages.flatMap((page) => page.turns) ?? [];
  const scroller = useRef<HTMLElement>(null);
  const { active, setActive } = useTurnKeys(turns, project, scroller);
  const end = useMore(
    list.hasNextPage && !list.isFetching ? () => void list.fetchNextPage() : undefined,
    scroller,
  );
  if (list.error && turns.length === 0)
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls here
      tabIndex={0}
      aria-label="Conversation"
      className="min-h-0 flex-1 overflow-y-auto outline-none"
    >
      <ol className="mx-auto flex max-w-5xl flex-col px-3 pb-16">
        {turns.map((turn, i) => (
          <TurnView
            key={turn.traceId}
            turn={turn}
            project={project}
            pause={pauseBetween(turns[i - 1], turn)}
            active={active === turn.traceId}
            onActivate={() => setActive(turn.traceId)}
          />
        ))}
      </ol>
      <div ref={end} className="mx-auto max-w-5xl px-3 pb-6 text-small text-ink-soft">
        {list.error && turns.length > 0 ? (
          <span role="alert">
            Further turns could not be loaded: {list.error.message}{' '}
            <button type="button" className="link" onClick={() => void list.fetchNextPage()}>
              Try again
            </button>
          </span>
        ) : (
          list.hasNextPage && <span role="status">Loading further turns…</span>
        )}
      </div>
    </section>
  );
}

/** `2 h 10 m later`, if the turns are far from each other. */
function pauseBetween(before: SessionTurn | undefined, turn: SessionTurn): string | undefined {
  const [from, to] = [parseTimestamp(before?.startTime ?? ''), parseTimestamp(turn.startTime)];
  if (!before || !from || !to) return undefined;
  const apart = to.epochMs - from.epochMs;
  const pause = apart >= 0 ? apart - (before.durationMs ?? 0) : -apart - (turn.durationMs ?? 0);
  if (pause < LONG_PAUSE_MS) return undefined;
  return `${formatDuration(pause)} ${apart >= 0 ? 'later' : 'earlier'}`;
}

function useTurnKeys(
  turns: readonly SessionTurn[],
  project: string,
  scroller: RefObject<HTMLElement | null>,
) {
  const navigate = useNavigate();
  const [active, setActive] = useState<string>();
  const at = turns.findIndex(({ traceId }) => traceId === active);
  const move = (by: number) => {
    const next = turns[Math.max(0, Math.min(turns.length - 1, at + by))];
    if (!next) return;
    setActive(next.traceId);
    scroller.current
      ?.querySelector(`[data-turn="${CSS.escape(next.traceId)}"]`)
      ?.scrollIntoView({ block: 'nearest' });
  };
  const nextFailure = () => {
    const failed = (turn: SessionTurn) => turn.errorCount > 0;
    const after = turns.findIndex((turn, i) => i > at && failed(turn));
    const next = after < 0 ? turns.findIndex(failed) : after;
    if (next >= 0) move(next - at);
  };
  const open = () => {
    const turn = turns[at];
    if (turn) void navigate({ to: '/t/$traceId', params: { traceId: turn.traceId }, search: { project } });
  };
  useKeys('Session', [
    { keys: ['j'], label: 'Next turn', run: () => move(1) },
    { keys: ['k'], label: 'Previous turn', run: () => move(-1) },
    { keys: ['e'], label: 'Next turn with an error', run: nextFailure },
    { keys: ['Enter'], label: 'Open the trace of the turn', run: open },
  ]);
  return { active, setActive };
}
