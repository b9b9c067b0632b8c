import { RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';

/** What to do, by the code of the error. Codes that are not here have nothing better than trying again. */
const ADVICE: Readonly<Record<string, string>> = {
  unreachable:
    'Start it with `npx throughline`, then try again. What was on the screen before is still on disk.',
  'query-too-large': 'Choose a shorter range of time.',
  'store-unavailable': 'What arrives is still kept on disk and will be readable once the store is back.',
  overloaded: 'Wait a moment, then try again.',
};

/** What happened, why, and what to do about it. */
export function ProblemView({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const problem = error instanceof ApiError ? error : null;
  const detail = problem ? problem.detail : String(error);
  const advice = problem && Object.hasOwn(ADVICE, problem.code) ? ADVICE[problem.code] : undefined;
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-2 px-4 py-12">
      <h2 className="flex items-center gap-2 text-title font-semibold">
        <TriangleAlert size={16} className="text-error" aria-hidden />
        {problem?.message ?? 'Something went wrong on this page'}
      </h2>
      {detail && <p className="text-ink-soft wrap-anywhere">{detail}</p>}
      {advice && <p className="text-ink-soft">{advice}</p>}
      {children}
      <div className="mt-2 flex items-center gap-3">
        {onRetry && (
          <button type="button" className="control" onClick={onRetry}>
            <RotateCw size={13} aria-hidden /> Try again
          </button>
        )}
        {problem && (
          <span className="font-mono text-small text-ink-faint">
            {problem.code}
            {problem.status > 0 && ` · HTTP ${problem.status}`}
          </span>
        )}
      </div>
    </div>
  );
}
