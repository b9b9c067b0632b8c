import { RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';

/** An error with its reason and what to do about it. */
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
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-2 px-4 py-12">
      <h2 className="flex items-center gap-2 text-title font-semibold">
        <TriangleAlert size={16} className="text-error" aria-hidden />
        {problem?.message ?? 'Something went wrong on this page'}
      </h2>
      {detail && <p className="text-ink-soft wrap-anywhere">{detail}</p>}
      {problem && <p className="text-ink-soft">{problem.advice}</p>}
      {children}
      <div className="mt-2 flex items-center gap-3">
        {onRetry && (
          <button type="button" className="control" onClick={onRetry}>
            <RotateCw size={13} aria-hidden /> Try again
          </button>
        )}
        {problem && (
          <span className="font-mono text-small text-ink-faint">
            {problem.page === undefined ? (
              problem.code
            ) : (
              <a href={problem.page} className="link underline">
                {problem.code}
              </a>
            )}
            {problem.status > 0 && ` · HTTP ${problem.status}`}
          </span>
        )}
      </div>
    </div>
  );
}
