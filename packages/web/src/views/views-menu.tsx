import { useNavigate } from '@tanstack/react-router';
import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { useKeys } from '../frame/keys.tsx';
import { Dropdown } from '../ui/dropdown.tsx';
import type { SearchRecord } from '../url/search-params.ts';
import type { PageViews } from './use-views.ts';
import { isSameState, listState } from './view-address.ts';
import { ViewsPanel } from './views-panel.tsx';

interface ViewsMenuProps {
  readonly views: PageViews;
  readonly project: string;
  /** The parameters of the page's address. */
  readonly search: SearchRecord;
}

/** The saved views of a page: opens, saves, renames and deletes them, and makes one the default. */
export function ViewsMenu({ views, project, search }: ViewsMenuProps) {
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const state = listState(search);
  const active = views.views?.find(({ id }) => id === search.view);
  const isChanged = active !== undefined && !isSameState(listState(active.state.search), state);
  const show = (isOpen: boolean) => {
    views.forgetFailure();
    setOpen(isOpen);
  };
  useKeys('Views', [{ keys: ['v'], label: 'Saved views', run: () => show(true) }]);
  const name = active ? `${active.name}${isChanged ? ', changed' : ''}` : 'none';
  return (
    <Dropdown
      label={`Saved views: ${name}`}
      open={open}
      onOpenChange={show}
      triggerClass="control max-w-52"
      trigger={
        <>
          <Bookmark size={13} className="shrink-0" aria-hidden />
          {active ? (
            <span className="truncate">{active.name}</span>
          ) : (
            <span className="hidden sm:inline">Views</span>
          )}
          {isChanged && (
            <span className="text-warning" title="The list was changed since the view was saved" aria-hidden>
              •
            </span>
          )}
        </>
      }
    >
      <ViewsPanel
        views={views}
        project={project}
        state={state}
        active={active}
        isChanged={isChanged}
        onOpen={(address) => {
          setOpen(false);
          void navigate({ to: '.', search: address });
        }}
        onMark={(address) => void navigate({ to: '.', search: { ...search, ...address }, replace: true })}
      />
    </Dropdown>
  );
}
