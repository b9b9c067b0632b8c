import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { NewView, View, ViewChange, ViewPage, ViewState } from '../../contract/view.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { ViewTable } from '../../relational/database.ts';
import { isUniqueViolation } from '../../relational/database-error.ts';
import type { RelationalDatabase, RelationalStore } from '../../relational/relational-store.ts';

/** A list of all views is one response, so their number is bounded. */
export const MAX_VIEWS = 500;

/** The saved views of each project. */
export interface ViewStore {
  /** All views of the project, or those of one page, sorted by page and name. */
  list(project: string, page?: ViewPage): Promise<View[]>;
  /** @throws ThroughlineError view-exists, too-many-views */
  create(project: string, view: NewView): Promise<View>;
  /**
   * Changes what is given. `check` gets a new state with the page that it belongs to.
   *
   * @throws ThroughlineError view-not-found, view-exists, and errors of `check`
   */
  change(
    project: string,
    id: string,
    change: ViewChange,
    check?: (state: ViewState, page: ViewPage) => void,
  ): Promise<View>;
  /** @throws ThroughlineError view-not-found */
  remove(project: string, id: string): Promise<void>;
}

export interface ViewStoreParts {
  readonly relational: RelationalStore;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export function createViewStore({ relational, nowMs }: ViewStoreParts): ViewStore {
  return {
    list: (project, page) =>
      relational.use(async (db) => {
        const all = db.selectFrom('views').selectAll().where('project', '=', project);
        const rows = await (page === undefined ? all : all.where('page', '=', page)).execute();
        return rows.map(toView).sort(byPageAndName);
      }),

    create: (project, { page, name, state, isDefault }) =>
      relational.use((db) =>
        inTransaction(db, name, async (transaction) => {
          const { count } = await transaction
            .selectFrom('views')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .where('project', '=', project)
            .executeTakeFirstOrThrow();
          if (Number(count) >= MAX_VIEWS)
            throw new ThroughlineError('too-many-views', `The project has ${count} saved views already.`);
          if (isDefault) await clearDefault(transaction, project, page);
          const now = nowMs();
          const row: ViewTable = {
            id: randomUUID(),
            project,
            page,
            name,
            name_key: nameKey(name),
            state: JSON.stringify(state),
            is_default: isDefault ? 1 : 0,
            created_at: now,
            updated_at: now,
          };
          await transaction.insertInto('views').values(row).execute();
          return toView(row);
        }),
      ),

    change: (project, id, { name, state, isDefault }, check = () => {}) =>
      relational.use((db) =>
        inTransaction(db, name ?? '', async (transaction) => {
          const found = await transaction
            .selectFrom('views')
            .select('page')
            .where('project', '=', project)
            .where('id', '=', id)
            .executeTakeFirst();
          if (!found) throw notFound(id, project);
          if (state) check(state, found.page as ViewPage);
          if (isDefault) await clearDefault(transaction, project, found.page);
          const row = await transaction
            .updateTable('views')
            .set({
              updated_at: nowMs(),
              ...(name !== undefined && { name, name_key: nameKey(name) }),
              ...(state !== undefined && { state: JSON.stringify(state) }),
              ...(isDefault !== undefined && { is_default: isDefault ? 1 : 0 }),
            })
            .where('project', '=', project)
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirst();
          if (!row) throw notFound(id, project);
          return toView(row);
        }),
      ),

    remove: (project, id) =>
      relational.use(async (db) => {
        const removed = await db
          .deleteFrom('views')
          .where('project', '=', project)
          .where('id', '=', id)
          .returning('id')
          .execute();
        if (removed.length === 0) throw notFound(id, project);
      }),
  };
}

function inTransaction<Result>(
  db: RelationalDatabase,
  name: string,
  work: (transaction: RelationalDatabase) => Promise<Result>,
): Promise<Result> {
  return db
    .transaction()
    .execute(work)
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new ThroughlineError('view-exists', `The page has a view named "${name}" already.`, {
        cause: error,
      });
    });
}

/** At most one view of a page is its default; an index of the table makes sure of it. */
async function clearDefault(db: RelationalDatabase, project: string, page: string): Promise<void> {
  await db
    .updateTable('views')
    .set({ is_default: 0 })
    .where('project', '=', project)
    .where('page', '=', page)
    .where('is_default', '=', 1)
    .execute();
}

/** Names that look the same are the same. */
function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function toView(row: Selectable<ViewTable>): View {
  return {
    id: row.id,
    page: row.page as ViewPage,
    name: row.name,
    isDefault: row.is_default === 1,
    state: JSON.parse(row.state) as ViewState,
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

const timestampOf = (ms: number): string => isoTimestampOf(BigInt(ms) * 1_000_000n);

/** Databases compare text in different ways, so names are sorted here. */
function byPageAndName(one: View, other: View): number {
  return (
    one.page.localeCompare(other.page, 'en') || one.name.localeCompare(other.name, 'en', { numeric: true })
  );
}

function notFound(id: string, project: string): ThroughlineError {
  return new ThroughlineError('view-not-found', `There is no view "${id}" in project "${project}".`);
}
