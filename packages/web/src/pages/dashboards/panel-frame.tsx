import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../../api/api-error.ts';
import type { MetricsResult } from '../../api/types.ts';
import { metricsToCsv } from './metrics-csv.ts';

interface PanelFrameProps {
  readonly title: string;
  readonly describes?: string | undefined;
  /** The result, which can be saved as CSV. */
  readonly result?: MetricsResult | undefined;
  /** Beside the title. */
  readonly aside?: ReactNode;
  readonly className?: string;
  /** Whether an earlier result is shown while a new one is read. */
  readonly isStale?: boolean;
  readonly children: ReactNode;
}

/** The title of a panel with what is below it. */
export function PanelFrame({
  title,
  describes,
  result,
  aside,
  className = '',
  isStale,
  children,
}: PanelFrameProps) {
  return (
    <section aria-label={title} className={`flex min-w-0 flex-col ${className}`}>
      <header className="flex min-h-7 items-baseline gap-2 border-b border-line pb-1">
        <h2 className="min-w-0 truncate font-semibold" title={describes ?? title}>
          {title}
        </h2>
        {aside}
        {result && result.rows.length > 0 && (
          <button
            type="button"
            className="control-quiet ml-auto self-center"
            aria-label={`Save ${title} as CSV`}
            title="Save as CSV"
            onClick={() => saveCsv(title, result)}
          >
            <Download size={13} aria-hidden />
          </button>
        )}
      </header>
      <div className={`flex min-h-0 flex-1 flex-col pt-2 ${isStale ? 'opacity-60' : ''}`}>{children}</div>
    </section>
  );
}

function saveCsv(title: string, result: MetricsResult): void {
  const url = URL.createObjectURL(new Blob([metricsToCsv(result)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}

/** What a panel shows instead of its result. */
export function PanelNote({ children }: { readonly children: ReactNode }) {
  return <p className="flex min-h-16 items-center text-ink-soft wrap-anywhere">{children}</p>;
}

export function PanelProblem({ error }: { readonly error: unknown }) {
  const text = error instanceof ApiError ? (error.detail ?? error.message) : String(error);
  return (
    <p role="alert" className="flex min-h-16 flex-col justify-center text-ink-soft wrap-anywhere">
      <span className="text-error">This panel could not be computed.</span>
      {text}
    </p>
  );
}

export function PanelSkeleton({ className = 'h-40' }: { readonly className?: string }) {
  return <div className={`skeleton appear-late w-full ${className}`} />;
}
