import type { LabelField, NumberField } from '../catalogue/fields.ts';

/** The operator of a numeric comparison. */
export type Comparison = '>' | '>=' | '<' | '<=' | '=';

/** The syntax tree of a filter. `parseFilter` creates it, and `printFilter` converts it back to text. */
export type Expression =
  | { readonly type: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly type: 'not'; readonly operand: Expression }
  /**
   * `has`: any span of the trace matches. `root`: a root span of the trace matches. `parent`: the parent of the span
   * matches. `under`: any ancestor of the span matches.
   */
  | { readonly type: 'has' | 'root' | 'parent' | 'under'; readonly where: Expression }
  /** Compares the number of matching spans of the trace. */
  | {
      readonly type: 'count';
      readonly where: Expression;
      readonly comparison: Comparison;
      readonly value: number;
    }
  | Condition;

/** A test of one value or text. */
export type Condition =
  | { readonly type: 'label'; readonly subject: LabelSubject; readonly test: LabelTest }
  | { readonly type: 'number'; readonly subject: NumberSubject; readonly test: NumberTest }
  | TextCondition;

/** Searches the content of a span: input, output, events and log records. */
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

/** The text that a condition tests: a field, an attribute or a score. */
export type LabelSubject = { readonly type: 'field'; readonly field: LabelField } | OpenSubject;
/** The number that a condition tests: a field, an attribute or a score. */
export type NumberSubject = { readonly type: 'field'; readonly field: NumberField } | OpenSubject;

/** A test of a text. */
export type LabelTest =
  | { readonly type: 'equals'; readonly value: string }
  /**
   * Texts in this order with any text between them. The value must start with the first and end with the last; an empty
   * text means that this end is open.
   */
  | { readonly type: 'like'; readonly pieces: readonly string[] }
  | { readonly type: 'exists' };

/** A test of a number, in the canonical unit of its field. */
export type NumberTest =
  | { readonly type: 'compare'; readonly comparison: Comparison; readonly value: number }
  /** Both ends are included. */
  | { readonly type: 'between'; readonly low: number; readonly high: number }
  | { readonly type: 'exists' };

/** A parsed filter; undefined matches everything. */
export type Filter = Expression | undefined;

/** An error in a filter and its position in the text. */
export interface FilterProblem {
  readonly position: number;
  /** 0 if something is missing at the position. */
  readonly length: number;
  readonly message: string;
  /** Valid text that can replace this part. */
  readonly suggestion?: string;
}
