import type { ReactNode } from 'react';

/** A headline number with its label, for a list of figures (`dl`). While the number is loading, a placeholder is shown. */
export function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex flex-col items-end">
      <dt className="text-small text-ink-faint">{label}</dt>
      <dd className="text-read leading-6 sm:text-title">
        {children || <span className="skeleton appear-late inline-block h-4 w-12" />}
      </dd>
    </div>
  );
}
