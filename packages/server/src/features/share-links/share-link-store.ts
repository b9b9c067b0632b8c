import { randomUUID } from 'node:crypto';
import type { NewShareLink, ShareLink } from '../../contract/share-link.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { ShareLinkTable } from '../../relational/database.ts';
import type { RelationalStore } from '../../relational/relational-store.ts';
import { digestOfToken, newShareToken } from './share-token.ts';

/** A list of all links is one response, so their number is bounded. */
export const MAX_SHARE_LINKS = 1000;
const HOUR_MS = 3_600_000;

/** The trace that a link opens. */
export interface SharedTrace {
  readonly project: string;
  readonly traceId: string;
  readonly expiresAt: string | null;
}

export interface ShareLinkStore {
  /** The links of a project, or of one trace, newest first. Links that have expired are left out. */
  list(project: string, traceId?: string): Promise<ShareLink[]>;
  /**
   * Creates a link. The token is returned only here.
   *
   * @throws ThroughlineError too-many-share-links
   */
  create(project: string, link: NewShareLink): Promise<ShareLink & { readonly token: string }>;
  /** @throws ThroughlineError share-link-not-found */
  remove(project: string, id: string): Promise<void>;
  /** Undefined if no link has this token: it never existed, was deleted, or has expired. */
  find(token: string): Promise<SharedTrace | undefined>;
}

export interface ShareLinkStoreParts {
  readonly relational: RelationalStore;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export function createShareLinkStore({ relational, nowMs }: ShareLinkStoreParts): ShareLinkStore {
  const isValid = ({ expires_at }: ShareLinkTable) => expires_at === null || expires_at > nowMs();
  return {
    list: (project, traceId) =>
      relational.use(async (db) => {
        const all = db.selectFrom('share_links').selectAll().where('project', '=', project);
        const rows = await (traceId === undefined ? all : all.where('trace_id', '=', traceId))
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .execute();
        return rows.filter(isValid).map(toShareLink);
      }),

    create: (project, { traceId, expiresInHours }) =>
      relational.use((db) =>
        db.transaction().execute(async (transaction) => {
          const now = nowMs();
          await transaction.deleteFrom('share_links').where('expires_at', '<=', now).execute();
          const { count } = await transaction
            .selectFrom('share_links')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .where('project', '=', project)
            .executeTakeFirstOrThrow();
          if (Number(count) >= MAX_SHARE_LINKS)
            throw new ThroughlineError('too-many-share-links', `The project has ${count} links already.`);
          const token = newShareToken();
          const row: ShareLinkTable = {
            id: randomUUID(),
            token_digest: digestOfToken(token) as string,
            project,
            trace_id: traceId,
            created_at: now,
            expires_at: expiresInHours ? now + expiresInHours * HOUR_MS : null,
          };
          await transaction.insertInto('share_links').values(row).execute();
          return { ...toShareLink(row), token };
        }),
      ),

    remove: (project, id) =>
      relational.use(async (db) => {
        const removed = await db
          .deleteFrom('share_links')
          .where('project', '=', project)
          .where('id', '=', id)
          .returning('id')
          .execute();
        if (removed.length === 0)
          throw new ThroughlineError(
            'share-link-not-found',
            `There is no link "${id}" in project "${project}".`,
          );
      }),

    async find(token) {
      const digest = digestOfToken(token);
      if (digest === undefined) return undefined;
      const row = await relational.use((db) =>
        db.selectFrom('share_links').selectAll().where('token_digest', '=', digest).executeTakeFirst(),
      );
      if (!row || !isValid(row)) return undefined;
      return { project: row.project, traceId: row.trace_id, expiresAt: expiryOf(row) };
    },
  };
}

function toShareLink(row: ShareLinkTable): ShareLink {
  return {
    id: row.id,
    traceId: row.trace_id,
    createdAt: timestampOf(row.created_at),
    expiresAt: expiryOf(row),
  };
}

const expiryOf = ({ expires_at }: ShareLinkTable): string | null =>
  expires_at === null ? null : timestampOf(expires_at);

const timestampOf = (ms: number): string => isoTimestampOf(BigInt(ms) * 1_000_000n);
