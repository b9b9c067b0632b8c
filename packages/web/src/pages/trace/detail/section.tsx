import type { ReactNode } from 'react';

/** A heading with content below it and controls beside it. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mb-5 last:mb-0">
      <div className="mb-1.5 flex min-h-6 items-center gap-2">
        <h3 className="text-small font-medium text-ink-soft">{title}</h3>
        {aside && <div className="ml-auto flex items-center gap-1">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

/** A collapsed section for long content that is rarely needed. */
export function FoldedSection({
  title,
  note,
  children,
}: {
  title: string;
  note?: string;
  children: ReactNode;
}) {
  return (
    <details className="mb-4 border-t border-line pt-2">
      <summary className="cursor-pointer text-small font-medium text-ink-soft">
        {title} {note && <span className="font-normal text-ink-faint">{note}</span>}
      </summary>
      <div className="mt-2">{children}</div>
    </details>
  );
}
