import type { LabelField, NumberField } from '../catalogue/fields.ts';

export type Comparison = '>' | '>=' | '<' | '<=';

/** All terms hold. */
export type FilterTerm =
  | {
      readonly type: 'label';
      readonly field: LabelField;
      readonly match: 'equals' | 'prefix';
      readonly value: string;
    }
  | {
      readonly type: 'number';
      readonly field: NumberField;
      readonly comparison: Comparison;
      readonly value: number;
    }
  /** Words of the input or the output of some span, all of them in one text. */
  | { readonly type: 'text'; readonly text: string };

export type Filter = readonly FilterTerm[];

/** What is wrong with a filter, and where: a position in its text, from 0. */
export interface FilterProblem {
  readonly position: number;
  readonly message: string;
}
