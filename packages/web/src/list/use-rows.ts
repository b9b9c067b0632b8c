import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import { boundsOf, printTimeRange } from '../url/time-range.ts';
import type { ListQuery, ListSpec, RowPage } from './list-spec.ts';
import { type ListView, printLayout } from './list-view.ts';

interface UseRowsOptions {
  readonly refetchOnMount: boolean;
  /** Whether to send requests; false if the filter cannot be parsed. */
  readonly enabled: boolean;
}

const PAGE_SIZE = 100;
/** Number of newest rows to read for an update: about two screens. */
const RENEWED = 200;
const ATTRIBUTE = 'attr.';

type Pages<Row> = InfiniteData<RowPage<Row>, string | null>;

/** Loads a list page by page. */
export function useRows<Row>(spec: ListSpec<Row>, view: ListView, project: string, options: UseRowsOptions) {
  const client = useQueryClient();
  const { range, sort, q, fields } = view;
  const attributes = spec.attributes ? attributesOf(view) : undefined;
  // A relative range is part of the key as the user chose it. Its absolute times are computed when a request is sent.
  const key = useMemo(
    () => ['list', spec.id, JSON.stringify([project, printTimeRange(range), q, sort, fields, attributes])],
    [spec.id, project, range, q, sort, fields, attributes],
  );
  const ask = useCallback(
    (): ListQuery => ({
      project,
      ...rangeQuery(range),
      sort,
      ...(q !== '' && { q }),
      ...(attributes !== undefined && { columns: attributes }),
      fields,
    }),
    [project, range, q, sort, fields, attributes],
  );
  /** The request of the first page. All pages have its range, although a relative range moves on. */
  const first = useRef<ListQuery>(undefined);
  const list = useInfiniteQuery({
    queryKey: key,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      if (pageParam === null) first.current = ask();
      return spec.read(first.current ?? ask(), PAGE_SIZE, pageParam, signal);
    },
    getNextPageParam: (page: RowPage<Row>) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 15 * 60_000,
    enabled: options.enabled,
    refetchOnMount: options.refetchOnMount,
  });
  const rows = useMemo<readonly Row[]>(
    () => withoutRepeats(list.data?.pages.flatMap((page) => page.rows) ?? [], spec.keyOf),
    [list.data, spec],
  );

  /** Reloads the list from its first page. The current rows stay on the screen until the response arrives. */
  const refresh = useCallback(async () => {
    client.setQueryData<Pages<Row>>(key, (data) =>
      data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    await Promise.all([
      client.invalidateQueries({ queryKey: key }),
      client.invalidateQueries({ queryKey: [`${spec.id}-summary`] }),
    ]);
  }, [client, key, spec.id]);

  /** Reads the newest rows and updates those that the list shows. New ones are returned, but not added to the list. */
  const renew = useCallback(async (): Promise<readonly Row[]> => {
    const shown = client.getQueryData<Pages<Row>>(key)?.pages.length ?? 0;
    if (shown === 0) return [];
    const { rows: newest } = await spec.read(ask(), RENEWED, null);
    const byKey = new Map(newest.map((row) => [spec.keyOf(row), row]));
    client.setQueryData<Pages<Row>>(key, (data) => data && withRenewed(data, byKey, spec.keyOf));
    return newest;
  }, [client, key, ask, spec]);

  return { list, rows, ask, refresh, renew };
}

/** The bounds of a range as parameters of the API, at this moment. */
export function rangeQuery(range: ListView['range']): { readonly from: string; readonly to?: string } {
  return {
    from: new Date(boundsOf(range, Date.now()).fromMs).toISOString(),
    ...(range.kind === 'between' && { to: new Date(range.toMs).toISOString() }),
  };
}

/** The attributes among the chosen columns, as the API expects them. */
function attributesOf({ layout }: ListView): string | undefined {
  const columns = layout.columns?.filter((id) => id.startsWith(ATTRIBUTE)) ?? [];
  return printLayout({ ...(columns.length > 0 && { columns }), widths: {} }).columns;
}

function withRenewed<Row>(
  data: Pages<Row>,
  byKey: ReadonlyMap<string, Row>,
  keyOf: (row: Row) => string,
): Pages<Row> {
  const renewed = (row: Row) => byKey.get(keyOf(row)) ?? row;
  return { ...data, pages: data.pages.map((page) => ({ ...page, rows: page.rows.map(renewed) })) };
}

/** Removes repeated rows. A row can be on two pages if it changed after the first page was read. */
function withoutRepeats<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = keyOf(row);
    return !seen.has(key) && seen.add(key);
  });
}
