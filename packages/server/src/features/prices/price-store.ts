import { randomBytes } from 'node:crypto';
import type { ProjectPrice } from '@throughline/spans';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { NewPrice, Price, PriceTerms } from '../../contract/price.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { PriceTable } from '../../relational/database.ts';
import { isUniqueViolation } from '../../relational/database-error.ts';
import type { RelationalDatabase, RelationalStore } from '../../relational/relational-store.ts';

/** A list of all prices of a project is one response, so their number is bounded. */
export const MAX_PRICES = 500;
/** Size of the prices of a project: 500 prices without tiers, or fewer with many. */
export const MAX_PRICE_BYTES = 128 << 10;
/** After each change, the server and its workers read the prices of all projects again. This keeps that below 100 ms. */
export const MAX_PRICE_BYTES_OF_ALL = 1 << 20;

/** The prices of all projects at one moment. */
export interface AllPrices {
  /** Grows with every change. */
  readonly revision: number;
  readonly byProject: Readonly<Record<string, readonly ProjectPrice[]>>;
}

/** The prices that projects set themselves. */
export interface PriceStore {
  /** All prices of the project, sorted by model, provider and start. */
  list(project: string): Promise<Price[]>;
  /** @throws ThroughlineError price-exists, too-many-prices */
  create(project: string, price: NewPrice): Promise<Price>;
  /** @throws ThroughlineError price-not-found, price-exists, too-many-prices */
  replace(project: string, id: string, price: NewPrice): Promise<Price>;
  /** @throws ThroughlineError price-not-found */
  remove(project: string, id: string): Promise<void>;
  /** Reads the prices of all projects. Undefined if nothing has changed since `revision`. */
  readAll(revision?: number): Promise<AllPrices | undefined>;
}

export interface PriceStoreParts {
  readonly relational: RelationalStore;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export function createPriceStore({ relational, nowMs }: PriceStoreParts): PriceStore {
  /** Runs a change of prices, which other servers notice by the revision. */
  const change = <Result>(
    project: string,
    price: NewPrice | undefined,
    work: (transaction: RelationalDatabase) => Promise<Result>,
  ): Promise<Result> =>
    relational.use((db) =>
      db
        .transaction()
        .execute(async (transaction) => {
          // First, so that changes of several servers are ordered and each count includes the changes before it.
          await transaction
            .updateTable('price_changes')
            .set({ revision: sql<number>`revision + 1` })
            .where('id', '=', 1)
            .execute();
          return work(transaction);
        })
        .catch((error: unknown) => {
          if (price === undefined || !isUniqueViolation(error)) throw error;
          throw new ThroughlineError('price-exists', describeExisting(project, price), { cause: error });
        }),
    );

  return {
    list: (project) =>
      relational.use(async (db) => {
        const rows = await db.selectFrom('prices').selectAll().where('project', '=', project).execute();
        return rows.sort(byModel).map(toPrice);
      }),

    create: (project, price) =>
      change(project, price, async (transaction) => {
        const now = nowMs();
        const row: PriceTable = {
          id: randomBytes(8).toString('hex'),
          project,
          ...columnsOf(price),
          revision: 1,
          created_at: now,
          updated_at: now,
        };
        await transaction.insertInto('prices').values(row).execute();
        await checkTotals(transaction, project);
        return toPrice(row);
      }),

    replace: (project, id, price) =>
      change(project, price, async (transaction) => {
        const row = await transaction
          .updateTable('prices')
          .set({ ...columnsOf(price), revision: sql<number>`revision + 1`, updated_at: nowMs() })
          .where('project', '=', project)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (!row) throw notFound(id, project);
        await checkTotals(transaction, project);
        return toPrice(row);
      }),

    remove: (project, id) =>
      change(project, undefined, async (transaction) => {
        const removed = await transaction
          .deleteFrom('prices')
          .where('project', '=', project)
          .where('id', '=', id)
          .returning('id')
          .execute();
        if (removed.length === 0) throw notFound(id, project);
      }),

    readAll: (known) =>
      relational.use(async (db) => {
        const { revision } = await db
          .selectFrom('price_changes')
          .select('revision')
          .where('id', '=', 1)
          .executeTakeFirstOrThrow();
        // Prices that change between the two statements are read now and again with the next revision.
        if (revision === known) return undefined;
        const rows = await db.selectFrom('prices').selectAll().execute();
        const byProject: Record<string, ProjectPrice[]> = Object.create(null);
        for (const row of rows) {
          byProject[row.project] ??= [];
          byProject[row.project]?.push(toProjectPrice(row));
        }
        return { revision, byProject };
      }),
  };
}

/** A row has columns of a fixed size too: ids, times and the revision. */
const ROW_BYTES = 100;

/** Checks the prices as they are after a change, which is undone if they are too many or too large. */
async function checkTotals(db: RelationalDatabase, project: string): Promise<void> {
  const bytes = sql<number>`octet_length(terms) + octet_length(model) + octet_length(provider) + ${sql.lit(ROW_BYTES)}`;
  const { count, own, all } = await db
    .selectFrom('prices')
    .select([
      sql<number>`sum(CASE WHEN project = ${project} THEN 1 ELSE 0 END)`.as('count'),
      sql<number>`sum(CASE WHEN project = ${project} THEN ${bytes} ELSE 0 END)`.as('own'),
      sql<number>`sum(${bytes})`.as('all'),
    ])
    .executeTakeFirstOrThrow();
  const problem =
    Number(count) > MAX_PRICES
      ? `The project has ${MAX_PRICES} prices already.`
      : Number(own) > MAX_PRICE_BYTES
        ? `The prices of the project would be larger than ${MAX_PRICE_BYTES >> 10} KiB.`
        : Number(all) > MAX_PRICE_BYTES_OF_ALL
          ? `The prices of all projects together would be larger than ${MAX_PRICE_BYTES_OF_ALL >> 20} MiB.`
          : undefined;
  if (problem !== undefined) throw new ThroughlineError('too-many-prices', problem);
}

/** The end of a price without an end. It can be stored and compared in both databases. */
const NO_END_MS = 9_000_000_000_000_000;

function columnsOf({ model, provider, from, to, ...terms }: NewPrice) {
  const { usdPerMillion, tiers, serviceTiers, usdPerRequest } = terms;
  return {
    model,
    model_key: model.toLowerCase(),
    provider: provider ?? '',
    provider_key: (provider ?? '').toLowerCase(),
    from_ms: from ?? 0,
    to_ms: to ?? NO_END_MS,
    terms: JSON.stringify({ usdPerMillion, tiers, serviceTiers, usdPerRequest } satisfies PriceTerms),
  };
}

function toPrice(row: Selectable<PriceTable>): Price {
  return {
    id: row.id,
    revision: row.revision,
    model: row.model,
    provider: row.provider === '' ? null : row.provider,
    from: row.from_ms === 0 ? null : isoOf(row.from_ms),
    to: row.to_ms === NO_END_MS ? null : isoOf(row.to_ms),
    ...termsOf(row),
    createdAt: isoOf(row.created_at),
    updatedAt: isoOf(row.updated_at),
  };
}

function toProjectPrice(row: Selectable<PriceTable>): ProjectPrice {
  const { usdPerMillion, tiers, serviceTiers, usdPerRequest } = termsOf(row);
  return {
    id: row.id,
    revision: row.revision,
    model: row.model,
    ...(row.provider !== '' && { provider: row.provider }),
    ...(row.from_ms !== 0 && { fromMs: row.from_ms }),
    ...(row.to_ms !== NO_END_MS && { toMs: row.to_ms }),
    prices: usdPerMillion as ProjectPrice['prices'],
    tiers: tiers as ProjectPrice['tiers'],
    serviceTiers,
    ...(usdPerRequest !== null && { perRequest: usdPerRequest }),
  };
}

function termsOf({ terms }: Pick<PriceTable, 'terms'>): PriceTerms {
  return JSON.parse(terms) as PriceTerms;
}

function byModel(a: PriceTable, b: PriceTable): number {
  const keyOf = ({ model_key, provider_key }: PriceTable) => `${model_key}\n${provider_key}`;
  return keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.from_ms - b.from_ms;
}

function describeExisting(project: string, { model, provider, from }: NewPrice): string {
  const which = `"${model}"${provider === null ? '' : ` of ${provider}`}`;
  const start = from === null ? 'without a start' : `that starts at ${isoOf(from)}`;
  return `Project "${project}" already has a price for ${which} ${start}. Change that price, or choose another start.`;
}

function notFound(id: string, project: string): ThroughlineError {
  return new ThroughlineError('price-not-found', `There is no price "${id}" in project "${project}".`);
}

function isoOf(ms: number): string {
  return isoTimestampOf(BigInt(ms) * 1_000_000n);
}
