import { Link } from '@tanstack/react-router';
import { Check, Star } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import type { SavedView } from '../api/types.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { printSearch, type SearchRecord } from '../url/search-params.ts';
import type { PageViews } from './use-views.ts';
import { addressWithoutView, NO_VIEW, viewAddress } from './view-address.ts';

interface ViewsPanelProps {
  readonly views: PageViews;
  readonly project: string;
  /** The list as it is now. */
  readonly state: SearchRecord;
  /** The view that the list belongs to. */
  readonly active: SavedView | undefined;
  readonly isChanged: boolean;
  /** Opens an address and closes the panel. */
  readonly onOpen: (address: SearchRecord) => void;
  /** Changes parameters of the address and leaves the panel open. */
  readonly onMark: (address: SearchRecord) => void;
}

export function ViewsPanel(props: ViewsPanelProps) {
  const { views, project, state, active, isChanged, onOpen, onMark } = props;
  const failure = views.failure ?? views.error;
  const list = views.views ?? [];
  return (
    <div className="flex w-72 flex-col">
      {list.length === 0 ? (
        <p className="px-2 py-1 text-ink-soft">
          {views.views
            ? 'No saved views yet. A view keeps the filter, the range, the order and the columns.'
            : ''}
        </p>
      ) : (
        <ul aria-label="Saved views" className="max-h-72 overflow-y-auto">
          <ViewRow
            address={addressWithoutView(project, list)}
            isActive={active === undefined}
            onOpen={onOpen}
          >
            <span className="flex-1 text-ink-soft">Without a view</span>
          </ViewRow>
          {list.map((view) => (
            <ViewRow
              key={view.id}
              address={viewAddress(view, project)}
              isActive={view.id === active?.id}
              onOpen={onOpen}
            >
              <span className="flex-1 truncate">{view.name}</span>
              {view.isDefault && (
                <Star
                  size={12}
                  className="shrink-0 text-ink-faint"
                  role="img"
                  aria-label="Default of this page"
                />
              )}
            </ViewRow>
          ))}
        </ul>
      )}
      {active && (
        <ActiveView
          key={active.id}
          view={active}
          isChanged={isChanged}
          views={views}
          state={state}
          project={project}
          onDeleted={() => onMark({ view: NO_VIEW })}
        />
      )}
      <NameForm
        label="Save this list as"
        action="Save view"
        busy={views.busy}
        onSubmit={async (name) => {
          const { id } = await views.save({ name, search: state });
          onMark({ view: id });
        }}
      />
      {failure && (
        <p role="alert" className="px-2 pt-1.5 pb-1 text-small text-error">
          {failure.message}.{failure instanceof ApiError && ` ${failure.detail}`}
        </p>
      )}
    </div>
  );
}

interface ViewRowProps {
  readonly address: SearchRecord;
  readonly isActive: boolean;
  readonly onOpen: (address: SearchRecord) => void;
  readonly children: ReactNode;
}

function ViewRow({ address, isActive, onOpen, children }: ViewRowProps) {
  return (
    <li>
      <Link
        to="."
        search={address}
        className="menu-row"
        aria-current={isActive}
        onClick={(event) => {
          // The browser opens new tabs and windows itself.
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(address);
        }}
      >
        <Check size={13} className={isActive ? 'shrink-0 text-accent' : 'invisible'} aria-hidden />
        {children}
      </Link>
    </li>
  );
}

interface ActiveViewProps {
  readonly view: SavedView;
  readonly isChanged: boolean;
  readonly views: PageViews;
  readonly state: SearchRecord;
  readonly project: string;
  readonly onDeleted: () => void;
}

/** What can be done with the view that the list belongs to. */
function ActiveView({ view, isChanged, views, state, project, onDeleted }: ActiveViewProps) {
  const [mode, setMode] = useState<'actions' | 'rename' | 'delete'>('actions');
  const { id, name, isDefault } = view;
  const ignore = () => {};
  if (mode === 'rename')
    return (
      <NameForm
        label="New name"
        action="Rename"
        initial={name}
        busy={views.busy}
        onCancel={() => setMode('actions')}
        onSubmit={async (next) => {
          await views.change({ id, name: next });
          setMode('actions');
        }}
      />
    );
  if (mode === 'delete')
    return (
      <div className="mt-1 flex flex-col gap-1.5 border-t border-line px-2 py-1.5">
        <p>Delete “{name}” for everyone?</p>
        <div className="flex gap-1.5">
          <button
            type="button"
            className="control text-error"
            disabled={views.busy}
            onClick={() => void views.remove(id).then(onDeleted, ignore)}
          >
            Delete view
          </button>
          <button type="button" className="control" onClick={() => setMode('actions')}>
            Keep it
          </button>
        </div>
      </div>
    );
  return (
    <div className="mt-1 flex flex-wrap gap-1 border-t border-line px-1 pt-1.5">
      {isChanged && (
        <button
          type="button"
          className="control-quiet text-accent"
          disabled={views.busy}
          onClick={() => void views.change({ id, search: state }).catch(ignore)}
        >
          Save changes
        </button>
      )}
      <button type="button" className="control-quiet" onClick={() => setMode('rename')}>
        Rename
      </button>
      <button
        type="button"
        className="control-quiet"
        disabled={views.busy}
        onClick={() => void views.change({ id, isDefault: !isDefault }).catch(ignore)}
      >
        {isDefault ? 'No longer default' : 'Make default'}
      </button>
      <CopyButton
        label="Copy a link to the view"
        text={() => `${location.origin}${location.pathname}${printSearch({ project, view: id })}`}
      >
        Link
      </CopyButton>
      <button type="button" className="control-quiet" onClick={() => setMode('delete')}>
        Delete
      </button>
    </div>
  );
}

interface NameFormProps {
  readonly label: string;
  readonly action: string;
  readonly initial?: string;
  readonly busy: boolean;
  readonly onSubmit: (name: string) => Promise<void>;
  readonly onCancel?: () => void;
}

function NameForm({ label, action, initial = '', busy, onSubmit, onCancel }: NameFormProps) {
  const [name, setName] = useState(initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    // The panel shows the reason of a failure.
    void onSubmit(name.trim()).then(
      () => setName(''),
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="mt-1 flex flex-wrap gap-1.5 border-t border-line px-1 pt-1.5">
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        value={name}
        maxLength={100}
        autoComplete="off"
        className="field min-w-0 flex-1"
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="control" disabled={busy || name.trim() === ''}>
        {action}
      </button>
      {onCancel && (
        <button type="button" className="control" onClick={onCancel}>
          Cancel
        </button>
      )}
    </form>
  );
}
