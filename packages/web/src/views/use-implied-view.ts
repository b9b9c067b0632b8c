import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { SavedView } from '../api/types.ts';
import { isText, usePreference } from '../ui/preference.ts';
import type { SearchRecord } from '../url/search-params.ts';
import { impliedView, listState, viewAddress } from './view-address.ts';

interface ImpliedViewParts {
  readonly search: SearchRecord;
  /** Undefined until it is known. */
  readonly project: string | undefined;
  readonly page: string;
  /** Undefined until they are loaded. */
  readonly views: readonly SavedView[] | undefined;
  /** Whether the views are loaded, or cannot be loaded. */
  readonly isSettled: boolean;
}

/**
 * Replaces an address that stands for a saved view by the address that contains its list. Returns whether the page has to
 * wait for that.
 */
export function useImpliedView({ search, project, page, views, isSettled }: ImpliedViewParts): boolean {
  const navigate = useNavigate();
  // Most pages have no default view, and their list should not wait for the views. So the browser remembers which have.
  const [known, setKnown] = usePreference(`default-view.${page}.${project}`, '', isText);
  const defaultId = views?.find(({ isDefault }) => isDefault)?.id ?? '';
  const loaded = views !== undefined;
  useEffect(() => {
    if (loaded && known !== defaultId) setKnown(defaultId);
  }, [loaded, known, defaultId, setKnown]);

  const implied = project === undefined ? undefined : views && impliedView(search, views);
  useEffect(() => {
    if (!implied || project === undefined) return;
    void navigate({ to: '.', search: viewAddress(implied, project), replace: true, resetScroll: false });
  }, [implied, project, navigate]);
  if (implied) return true;
  const isBare = search.view !== 'none' && Object.keys(listState(search)).length === 0;
  return !isSettled && isBare && (search.view !== undefined || known !== '');
}
