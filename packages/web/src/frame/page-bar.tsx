import { Command } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFrame } from './frame-context.ts';
import { nameKey } from './key-help.tsx';

interface PageBarProps {
  readonly children: ReactNode;
  /** The filter of the page, which fills the remaining width. On narrow screens it is below everything else. */
  readonly filter?: ReactNode;
  readonly controls?: ReactNode;
}

/** The bar at the top of a page: its title, its filter, its controls, and the button of the command palette. */
export function PageBar({ children, filter, controls }: PageBarProps) {
  const { openPalette } = useFrame();
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5">
      <div className={`flex min-w-0 items-center gap-2 ${filter ? 'mr-auto lg:mr-0' : 'flex-1'}`}>
        {children}
      </div>
      {filter && (
        <div className="order-last flex min-w-0 basis-full lg:order-none lg:flex-1 lg:basis-0">{filter}</div>
      )}
      <div className="flex flex-wrap items-center gap-1.5">
        {controls}
        <button type="button" className="control" onClick={openPalette} aria-label="Command palette">
          <Command size={13} className="sm:hidden" aria-hidden />
          <span className="hidden sm:inline">{nameKey('mod+k')}</span>
        </button>
      </div>
    </header>
  );
}
