import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import {
  Bookmark,
  Check,
  Clock,
  FolderGit2,
  Keyboard,
  Link2,
  type LucideIcon,
  Monitor,
  Moon,
  Sun,
  Waypoints,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { viewsQuery } from '../api/queries.ts';
import type { ViewPage } from '../api/types.ts';
import { useProject } from '../frame/use-project.ts';
import { Modal } from '../ui/modal.tsx';
import { THEMES, type Theme, useTheme } from '../ui/theme.ts';
import { useTimeZone } from '../ui/use-time-zone.ts';
import { viewAddress } from '../views/view-address.ts';
import { PAGES } from './pages.ts';

const VIEW_PATHS = {
  traces: '/',
  spans: '/spans',
  sessions: '/sessions',
  users: '/users',
  scores: '/scores',
} as const satisfies Record<ViewPage, string>;

interface PaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

/** The command palette (⌘K): opens pages, projects and traces by id, and changes the theme. */
export function Palette(props: PaletteProps) {
  return (
    <Modal open={props.open} onClose={props.onClose} label="Command palette">
      <PaletteList {...props} />
    </Modal>
  );
}

const THEME_ICONS: Readonly<Record<Theme, LucideIcon>> = { system: Monitor, light: Sun, dark: Moon };

/** Matches OpenTelemetry trace ids and the id formats of other SDKs. */
const LOOKS_LIKE_ID = /^[0-9a-zA-Z_-]{8,128}$/;

function PaletteList({ onClose, onHelp }: PaletteProps) {
  const [text, setText] = useState('');
  const [theme, setTheme] = useTheme();
  const [timeZone, setTimeZone] = useTimeZone();
  const { project, projects } = useProject();
  const navigate = useNavigate();
  const { data } = useQuery({ ...viewsQuery(project ?? ''), enabled: project !== undefined });
  const id = text.trim();
  const run = (action: () => void) => () => {
    onClose();
    action();
  };
  return (
    <Command label="Command palette" loop className="flex flex-col outline-none">
      <Command.Input
        data-autofocus
        value={text}
        onValueChange={setText}
        placeholder="Search pages and actions, or paste a trace id"
        className="h-11 border-b border-line bg-transparent px-4 text-read outline-none"
      />
      <Command.List className="max-h-80 overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-ink-faint">No results</Command.Empty>
        {LOOKS_LIKE_ID.test(id) && (
          <Item
            icon={Waypoints}
            value={`trace ${id}`}
            onSelect={run(() => void navigate({ to: '/t/$traceId', params: { traceId: id }, search: {} }))}
          >
            Open trace <span className="truncate font-mono text-small">{id}</span>
          </Item>
        )}
        <Group heading="Pages">
          {PAGES.map(({ path, label, icon }) => (
            <Item
              key={path}
              icon={icon}
              onSelect={run(() => void navigate({ to: path, search: project ? { project } : {} }))}
            >
              {label}
            </Item>
          ))}
        </Group>
        {project !== undefined && data && data.views.length > 0 && (
          <Group heading="Saved views">
            {data.views.map((view) => (
              <Item
                key={view.id}
                icon={Bookmark}
                value={`view ${view.name} ${view.page} ${view.id}`}
                onSelect={run(
                  () => void navigate({ to: VIEW_PATHS[view.page], search: viewAddress(view, project) }),
                )}
              >
                <span className="truncate">{view.name}</span>
                <span className="ml-auto text-small text-ink-faint">{view.page}</span>
              </Item>
            ))}
          </Group>
        )}
        <Group heading="Projects">
          {projects.map(({ name }) => (
            <Item
              key={name}
              icon={FolderGit2}
              value={`project ${name}`}
              onSelect={run(() => void navigate({ to: '/', search: { project: name } }))}
            >
              {name}
              {name === project && <Check size={13} className="ml-auto text-accent" aria-label="current" />}
            </Item>
          ))}
        </Group>
        <Group heading="Actions">
          <Item icon={Link2} onSelect={run(() => void navigator.clipboard?.writeText(location.href))}>
            Copy a link to this view
          </Item>
          <Item icon={Keyboard} onSelect={run(onHelp)}>
            Keyboard shortcuts
          </Item>
          {THEMES.map((name) => (
            <Item
              key={name}
              icon={THEME_ICONS[name]}
              value={`theme ${name}`}
              onSelect={run(() => setTheme(name))}
            >
              Theme: {name}
              {name === theme && <Check size={13} className="ml-auto text-accent" aria-label="current" />}
            </Item>
          ))}
          {['local', 'UTC'].map((name) => (
            <Item key={name} icon={Clock} value={`time zone ${name}`} onSelect={run(() => setTimeZone(name))}>
              Time zone: {name}
              {name === timeZone && <Check size={13} className="ml-auto text-accent" aria-label="current" />}
            </Item>
          ))}
        </Group>
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-0.5 [&_[cmdk-group-heading]]:text-small [&_[cmdk-group-heading]]:text-ink-faint"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  readonly icon: LucideIcon;
  readonly value?: string;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

function Item({ icon: Icon, value, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      {...(value !== undefined && { value })}
      onSelect={onSelect}
      className="menu-row cursor-pointer"
    >
      <Icon size={14} className="shrink-0 text-ink-faint" aria-hidden />
      {children}
    </Command.Item>
  );
}
