/**
 * The tables of the relational store, for SQLite and Postgres alike. `schema/` creates them.
 *
 * Columns have types that both databases return in the same way: text, and integers that a `number` holds. Times are
 * milliseconds since 1970; truth values are 0 and 1.
 */
export interface Database {
  readonly views: ViewTable;
  readonly share_links: ShareLinkTable;
  readonly prices: PriceTable;
  readonly price_changes: PriceChangesTable;
  readonly reprice_jobs: RepriceJobTable;
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

/** A price that a project has set. */
export interface PriceTable {
  readonly id: string;
  readonly project: string;
  readonly model: string;
  readonly model_key: string;
  readonly provider: string;
  readonly provider_key: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly terms: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** One row whose revision grows with every change of a price. */
export interface PriceChangesTable {
  readonly id: number;
  readonly revision: number;
}

/** A run that computes the costs of stored spans again. */
export interface RepriceJobTable {
  readonly id: string;
  readonly project: string;
  readonly selection: string;
  readonly dry_run: 0 | 1;
  readonly state: string;
  readonly progress: string;
  readonly pending: string;
  readonly error: string;
  readonly owner: string;
  readonly lease_until: number;
  readonly created_at: number;
  readonly updated_at: number;
}
