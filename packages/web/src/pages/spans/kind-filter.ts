import { printFilter } from '@throughline/spans';
import { conditionsOf, equals, filterOfConditions } from '../../filter/conditions.ts';

/** Kinds that can be chosen quickly, with their names. */
export const CHOICES = { llm: 'Model calls', tool: 'Tool calls', retriever: 'Retrievals' } as const;
export const KINDS = Object.keys(CHOICES) as (keyof typeof CHOICES)[];

/** The filter with one of the quick choices, or without any. */
export function withKind(filter: string, kind: keyof typeof CHOICES | undefined): string {
  const choices = KINDS.map((each) => printFilter(equals('kind', each)));
  const others = conditionsOf(filter).filter((each) => !choices.includes(printFilter(each)));
  return filterOfConditions(kind === undefined ? others : [equals('kind', kind), ...others]);
}
