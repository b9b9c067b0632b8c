import { ApiError } from '../api/api-error.ts';

interface ScoreFailureProps {
  readonly error: unknown;
  readonly retry: () => void;
  readonly dismiss: () => void;
}

/** A message that a score could not be saved, with the reason. */
export function ScoreFailure({ error, retry, dismiss }: ScoreFailureProps) {
  const why =
    error instanceof ApiError ? [error.message, error.detail].filter(Boolean).join('. ') : String(error);
  return (
    <p
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-error-wash px-3 py-1 text-small"
    >
      <span className="min-w-0 wrap-anywhere">Your score was not saved: {why}</span>
      <span className="flex gap-3">
        <button type="button" className="link" onClick={retry}>
          Try again
        </button>
        <button type="button" className="link" onClick={dismiss}>
          Dismiss
        </button>
      </span>
    </p>
  );
}
