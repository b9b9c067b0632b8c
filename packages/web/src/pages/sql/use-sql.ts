import { useQuery } from '@tanstack/react-query';
import { sqlQuery, sqlTablesQuery } from '../../api/queries.ts';
import { boundsOf, printTimeRange } from '../../url/time-range.ts';
import type { SqlView } from './url.ts';

/** The result of the statement of a view. `run` increases with every click, so that a statement can be repeated. */
export function useSql({ query, range }: SqlView, project: string | undefined, run: number) {
  return useQuery({
    ...sqlQuery(project ?? '', query, `${JSON.stringify(printTimeRange(range))} ${run}`, () => {
      const { fromMs, toMs } = boundsOf(range, Date.now());
      return {
        from: new Date(fromMs).toISOString(),
        ...(range.kind === 'between' && { to: new Date(toMs).toISOString() }),
      };
    }),
    enabled: project !== undefined && query.trim() !== '',
  });
}

/** Tables and columns; empty until the response arrives. */
export function useSqlTables() {
  return useQuery(sqlTablesQuery).data?.tables ?? [];
}
