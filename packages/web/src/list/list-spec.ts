import type { LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LiveScores, LiveSpans } from '../api/types.ts';
import type { FilterPath } from '../filter/filter-target.ts';
import type { Column } from './column.ts';
import type { ListParameters } from './list-view.ts';
import type { RowTarget } from './selection/row-target.ts';

export type ListPath = FilterPath;

/** The request for a page of a list, without the cursor. */
export interface ListQuery {
  readonly project: string;
  /** ISO 8601. If absent, the range has no limit on this side. */
  readonly from: string;
  readonly to?: string;
  readonly sort: string;
  /** Filter; absent: all rows. */
  readonly q?: string;
  /** Attributes that are shown as columns, as the API expects them. */
  readonly columns?: string;
  /** Further conditions, by parameter of the API. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface RowPage<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

/** A row that arrived while the page is open. */
export interface LiveRow {
  readonly key: string;
  readonly startTime: string;
}

/** The project and time range of the list that contains a link. */
export interface LinkFrom {
  readonly project: string;
  /** Search parameters of the time range of the list. */
  readonly range: Readonly<Record<string, string>>;
}

/** The differences between lists. Everything else, such as the filter and the keyboard, is the same. */
export interface ListSpec<Row> extends ListParameters {
  readonly id: 'traces' | 'spans' | 'sessions' | 'users' | 'scores';
  readonly path: ListPath;
  readonly title: string;
  /** One row and several rows, in lower case. */
  readonly nouns: readonly [one: string, many: string];
  readonly columns: readonly Column<Row>[];
  /** What the filter selects. Absent: the list has no filter language. */
  readonly filterOf?: 'trace' | 'span';
  /** Whether attributes can be columns. */
  readonly attributes: boolean;
  readonly read: (
    query: ListQuery,
    limit: number,
    cursor: string | null,
    signal?: AbortSignal,
  ) => Promise<RowPage<Row>>;
  readonly keyOf: (row: Row) => string;
  /** Link of a row. */
  readonly linkOf: (row: Row, from: LinkFrom) => LinkProps;
  /** The text of the link of a row, for the tooltip. */
  readonly nameOf: (row: Row) => string;
  readonly startOf?: (row: Row) => string;
  readonly durationOf?: (row: Row) => number | null;
  readonly isRunning?: (row: Row) => boolean;
  /** Rows of live events. Absent: the list has no live updates. */
  readonly liveRows?: (event: LiveSpans) => readonly LiveRow[];
  /** Key of the row that shows a live score. */
  readonly keyOfScore?: (score: LiveScores['scores'][number]) => string | null;
  /** What the actions on selected rows apply to. Absent: rows cannot be selected. */
  readonly targetOf?: (row: Row) => RowTarget;
  /** The preview of the row with this key. Absent: the list has no preview. */
  readonly renderPeek?: (key: string, props: PeekProps) => ReactNode;
}

export interface PeekProps {
  readonly project: string;
  readonly width: number;
  readonly onClose: () => void;
}
