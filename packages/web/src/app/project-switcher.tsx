import { Link } from '@tanstack/react-router';
import { Check, ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import { pluralOf, showCount } from '../format/numbers.ts';
import { useProject } from '../frame/use-project.ts';
import { Dropdown } from '../ui/dropdown.tsx';
import { Value } from '../ui/value.tsx';

export function ProjectSwitcher() {
  const [open, setOpen] = useState(false);
  const { project, projects } = useProject();
  return (
    <Dropdown
      label={`Project ${project ?? ''}`}
      open={open}
      onOpenChange={setOpen}
      triggerClass="flex h-8 min-w-0 items-center gap-2 rounded-control px-1.5 text-left font-medium hover:bg-hover"
      trigger={
        <>
          <img src="/icon.svg" alt="" width={18} height={18} />
          <span className="max-w-40 flex-1 truncate">{project ?? '…'}</span>
          <ChevronsUpDown size={13} className="shrink-0 text-ink-faint" aria-hidden />
        </>
      }
    >
      <ul className="max-h-96 w-64 overflow-y-auto">
        {projects.length === 0 && <li className="px-2 py-1 text-ink-faint">No project has spans yet</li>}
        {projects.map(({ name, spanCount }) => (
          <li key={name}>
            <Link to="/" search={{ project: name }} className="menu-row" onClick={() => setOpen(false)}>
              <Check size={13} className={name === project ? 'text-accent' : 'invisible'} aria-hidden />
              <span className="flex-1 truncate">{name}</span>
              <span className="text-small text-ink-faint">
                <Value shown={showCount(spanCount)} /> {pluralOf(spanCount, 'span')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Dropdown>
  );
}
