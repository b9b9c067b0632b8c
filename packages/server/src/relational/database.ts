/**
 * The tables of the relational store, for SQLite and Postgres alike. `schema/` creates them.
 *
 * Columns have types that both databases return in the same way: text, and integers that a `number` holds. Times are
 * milliseconds since 1970; truth values are 0 and 1.
 */
export interface Database {
  readonly views: ViewTable;
  readonly share_links: ShareLinkTable;
}

/** A list that somebody saved. */
export interface ViewTable {
  readonly id: string;
  readonly project: string;
  readonly page: string;
  readonly name: string;
  readonly name_key: string;
  readonly state: string;
  readonly is_default: 0 | 1;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A public link to one trace. */
export interface ShareLinkTable {
  readonly id: string;
  readonly token_digest: string;
  readonly project: string;
  readonly trace_id: string;
  readonly created_at: number;
  readonly expires_at: number | null;
}
