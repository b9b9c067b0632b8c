import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answerOf, api } from '../api/client.ts';
import { viewsQuery } from '../api/queries.ts';
import type { ViewPage } from '../api/types.ts';
import type { SearchRecord } from '../url/search-params.ts';

/** Version of `state.search`: the parameters of the page's address. */
const STATE_VERSION = 1;

const stateOf = (search: SearchRecord) => ({ version: STATE_VERSION, search });

/** The saved views of a page, and the ways to change them. */
export function useViews(known: string | undefined, page: ViewPage) {
  const project = known ?? '';
  const client = useQueryClient();
  const { data, error, isFetched } = useQuery({ ...viewsQuery(project), enabled: known !== undefined });
  const query = { project };
  const onSuccess = () => client.invalidateQueries({ queryKey: viewsQuery(project).queryKey });
  const save = useMutation({
    mutationFn: (view: { name: string; search: SearchRecord }) =>
      answerOf(
        api.POST('/api/v1/views', {
          params: { query },
          body: { page, name: view.name, state: stateOf(view.search), isDefault: false },
        }),
      ),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({
      id: viewId,
      search,
      ...rest
    }: {
      id: string;
      name?: string;
      search?: SearchRecord;
      isDefault?: boolean;
    }) =>
      answerOf(
        api.PATCH('/api/v1/views/{viewId}', {
          params: { path: { viewId }, query },
          body: { ...rest, ...(search && { state: stateOf(search) }) },
        }),
      ),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (viewId: string) =>
      answerOf(api.DELETE('/api/v1/views/{viewId}', { params: { path: { viewId }, query } })),
    onSuccess,
  });
  return {
    /** Undefined until they are loaded. */
    views: useMemo(() => data?.views.filter((view) => view.page === page), [data, page]),
    /** Whether they are loaded, or cannot be loaded. */
    isSettled: isFetched,
    error,
    failure: save.error ?? change.error ?? remove.error,
    busy: save.isPending || change.isPending || remove.isPending,
    save: save.mutateAsync,
    change: change.mutateAsync,
    remove: remove.mutateAsync,
    forgetFailure: () => {
      for (const each of [save, change, remove]) each.reset();
    },
  };
}

export type PageViews = ReturnType<typeof useViews>;
