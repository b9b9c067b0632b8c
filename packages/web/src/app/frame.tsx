import { Link, Outlet } from '@tanstack/react-router';
import { Keyboard } from 'lucide-react';
import { useState } from 'react';
import { FrameContext } from '../frame/frame-context.ts';
import { KeyHelp } from '../frame/key-help.tsx';
import { useKeys } from '../frame/keys.tsx';
import { useProject } from '../frame/use-project.ts';
import { ProblemsLink } from '../pages/problems/problems-link.tsx';
import { useTimeZone } from '../ui/use-time-zone.ts';
import { PAGES } from './pages.ts';
import { Palette } from './palette.tsx';
import { ProjectSwitcher } from './project-switcher.tsx';
import { ThemeButton } from './theme-button.tsx';

const ENTRY =
  'flex h-7 items-center gap-2 rounded-control px-2 text-ink-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-selected aria-[current=page]:text-ink';

/** The navigation, the current page, and the dialogs that open over both. */
export function Frame() {
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const { project } = useProject();
  const [timeZone] = useTimeZone();
  useKeys('Everywhere', [
    { keys: ['mod+k'], label: 'Command palette', run: () => setPaletteOpen(true) },
    { keys: ['?'], label: 'Keyboard shortcuts', run: () => setHelpOpen(true) },
  ]);
  return (
    <FrameContext value={{ openPalette: () => setPaletteOpen(true) }}>
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-float focus:p-2"
      >
        Skip to content
      </a>
      <div className="flex h-full flex-col md:flex-row">
        <nav
          aria-label="Main"
          className="flex shrink-0 items-center gap-1 border-b border-line bg-rail px-2 py-1 md:w-46 md:flex-col md:items-stretch md:border-r md:border-b-0 md:py-2"
        >
          <ProjectSwitcher />
          {/* On a narrow window the pages are a row that scrolls; it also clips their hidden names. */}
          <div className="relative flex min-w-0 items-center gap-1 overflow-x-auto md:contents">
            {PAGES.filter(({ path }) => path !== '/problems').map(({ path, label, icon: Icon }, index) => (
              <Link
                key={path}
                to={path}
                search={project ? { project } : {}}
                activeOptions={{ exact: true, includeSearch: false }}
                title={label}
                className={`${ENTRY} ${index === 0 ? 'md:mt-2' : ''}`}
              >
                <Icon size={14} className="shrink-0" aria-hidden />
                <span className="sr-only md:not-sr-only">{label}</span>
              </Link>
            ))}
            <ProblemsLink project={project} className={ENTRY} />
          </div>
          <div className="ml-auto flex gap-1 md:mt-auto md:ml-0">
            <ThemeButton />
            <button
              type="button"
              className="control-quiet"
              aria-label="Keyboard shortcuts"
              title="Keyboard shortcuts  ?"
              onClick={() => setHelpOpen(true)}
            >
              <Keyboard size={14} aria-hidden />
            </button>
          </div>
        </nav>
        <main
          id="page"
          tabIndex={-1}
          className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto outline-none"
        >
          {/* Times are formatted in many places, so a new zone renders the whole page again. */}
          <Outlet key={timeZone} />
        </main>
      </div>
      <Palette open={paletteOpen} onClose={() => setPaletteOpen(false)} onHelp={() => setHelpOpen(true)} />
      <KeyHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
    </FrameContext>
  );
}
