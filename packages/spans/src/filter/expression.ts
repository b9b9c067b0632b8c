import type { LabelField, NumberField } from '../catalogue/fields.ts';

export type Comparison = '>' | '>=' | '<' | '<=' | '=';

/** A filter as a tree. `parseFilter` makes it, `printFilter` turns it back into text. */
export type Expression =
  | { readonly type: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly type: 'not'; readonly operand: Expression }
  /**
   * `has`: some span of the trace. `root`: a root span of the trace. `parent`: the parent of the span.
   * `under`: some ancestor of the span.
   */
  | { readonly type: 'has' | 'root' | 'parent' | 'under'; readonly where: Expression }
  /** How many spans of the trace match. */
  | {
      readonly type: 'count';
      readonly where: Expression;
      readonly comparison: Comparison;
      readonly value: number;
    }
  | Condition;

export type Condition =
  | { readonly type: 'label'; readonly subject: LabelSubject; readonly test: LabelTest }
  | { readonly type: 'number'; readonly subject: NumberSubject; readonly test: NumberTest }
  | TextCondition;

/** Text in the content of a span: what went in, what came out, its events and log records. */
export interface TextCondition {
  readonly type: 'text';
  /** `word`: a whole word. `prefix`: the beginning of a word. `phrase`: words in this order. */
  readonly match: 'word' | 'prefix' | 'phrase';
  readonly text: string;
}

/** Attributes and scores can be text or numbers; the test decides how they are compared. */
type OpenSubject =
  | { readonly type: 'attribute' | 'resource'; readonly key: string }
  | { readonly type: 'score'; readonly name: string };

export type LabelSubject = { readonly type: 'field'; readonly field: LabelField } | OpenSubject;
export type NumberSubject = { readonly type: 'field'; readonly field: NumberField } | OpenSubject;

export type LabelTest =
  | { readonly type: 'equals'; readonly value: string }
  /** Texts in this order with anything between them; the first is the beginning and the last the end, '' is open. */
  | { readonly type: 'like'; readonly pieces: readonly string[] }
  | { readonly type: 'exists' };

export type NumberTest =
  | { readonly type: 'compare'; readonly comparison: Comparison; readonly value: number }
  /** Both ends are included. */
  | { readonly type: 'between'; readonly low: number; readonly high: number }
  | { readonly type: 'exists' };

/** A parsed filter; undefined matches everything. */
export type Filter = Expression | undefined;

/** What is wrong with a filter and where, as offsets in its text. */
export interface FilterProblem {
  readonly position: number;
  /** 0 if something is missing at the position. */
  readonly length: number;
  readonly message: string;
  /** Text that would be understood in place of this part. */
  readonly suggestion?: string;
}
