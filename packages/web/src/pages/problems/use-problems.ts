import { useQuery } from '@tanstack/react-query';
import { problemsQuery, storeDamageQuery } from '../../api/queries.ts';
import type { IngestProblem } from '../../api/types.ts';

/** What was sent to a project and not kept; asked again every half minute. Undefined until the project is known. */
export function useProblems(project: string | undefined) {
  return useQuery({ ...problemsQuery(project ?? ''), enabled: project !== undefined });
}

/** Damaged parts of the store; none until the answer is there. */
export function useStoreDamage() {
  return useQuery(storeDamageQuery).data?.parts ?? [];
}

export function totalOf(problems: readonly IngestProblem[]): number {
  return problems.reduce((sum, { count }) => sum + count, 0);
}
