import { z } from 'zod';
import { timestamp } from './values.ts';

/** Ten years. */
const MAX_HOURS = 87_600;

export const shareLink = z
  .object({
    id: z.string(),
    traceId: z.string(),
    createdAt: timestamp,
    expiresAt: timestamp.nullable().describe('Null if the link works until it is deleted.'),
  })
  .meta({ id: 'ShareLink' });

export const shareLinkList = z.object({
  enabled: z.boolean().describe('Whether the server opens links and creates new ones.'),
  links: z.array(shareLink).describe('Newest first, without those that have expired.'),
});

export const newShareLink = z.strictObject({
  traceId: z.string().min(1).max(800),
  expiresInHours: z
    .int()
    .min(1)
    .max(MAX_HOURS)
    .nullish()
    .describe('If absent, the link works until it is deleted.'),
});

export const createdShareLink = shareLink.extend({
  path: z.string().describe('Address of the page, `/share/<token>`. Only this response contains the token.'),
});

/** The information about a link that its visitors get. */
export const sharedTrace = z.object({ traceId: z.string(), expiresAt: timestamp.nullable() });

export type ShareLink = z.infer<typeof shareLink>;
export type NewShareLink = z.infer<typeof newShareLink>;
