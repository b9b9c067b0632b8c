import { Command } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFrame } from './frame-context.ts';
import { nameKey } from './key-help.tsx';

/** The line on top of a page: what it is, its controls, and the palette. */
export function PageBar({ children, controls }: { children: ReactNode; controls?: ReactNode }) {
  const { openPalette } = useFrame();
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5">
      <div className="flex min-w-0 flex-1 items-center gap-2">{children}</div>
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
