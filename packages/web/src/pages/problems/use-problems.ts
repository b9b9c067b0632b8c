import { useQuery } from '@tanstack/react-query';
import { problemsQuery, storeDamageQuery } from '../../api/queries.ts';
import type { IngestProblem } from '../../api/types.ts';

/** The rejected data of a project, refreshed every 30 s. There is no request until the project is known. */
export function useProblems(project: string | undefined) {
  return useQuery({ ...problemsQuery(project ?? ''), enabled: project !== undefined });
}

/** Damaged parts of the store; empty until the response arrives. */
export function useStoreDamage() {
  return useQuery(storeDamageQuery).data?.parts ?? [];
}

export function totalOf(problems: readonly IngestProblem[]): number {
  return problems.reduce((sum, { count }) => sum + count, 0);
}
