import { z } from 'zod';
import { timestamp } from './values.ts';

/** Pages with lists that can be saved. */
export const VIEW_PAGES = ['traces', 'spans', 'sessions', 'users', 'scores'] as const;
export type ViewPage = (typeof VIEW_PAGES)[number];

const MAX_NAME_LENGTH = 100;
const MAX_STATE_BYTES = 16 << 10;
const MAX_PARAMETERS = 50;

/** Excludes control, format and unassigned characters, lone surrogates and line breaks. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

const viewName = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(PRINTABLE, 'expected printable characters')
  .describe('1 to 100 printable characters, unique among the views of a page. Case is ignored.');

/** The page that saved the state reads it; the server checks only its size and `q`. */
export const viewState = z
  .strictObject({
    version: z.int().min(1).max(1000).describe('Version of the format of `search`; currently 1.'),
    search: z
      .record(z.string().regex(/^[A-Za-z][\w.-]{0,63}$/), z.string())
      .refine((search) => Object.keys(search).length <= MAX_PARAMETERS, {
        message: `at most ${MAX_PARAMETERS} parameters are allowed`,
      })
      .describe(
        'Parameters in the address of the page, such as `q` (filter), `range` or `from` and `to`, `sort` and `columns`.',
      ),
  })
  .refine((state) => Buffer.byteLength(JSON.stringify(state)) <= MAX_STATE_BYTES, {
    message: 'the state is larger than 16 KiB',
  });

export const view = z
  .object({
    id: z.string(),
    page: z.enum(VIEW_PAGES),
    name: z.string(),
    isDefault: z.boolean().describe('Whether the page opens with this view if its address has no filter.'),
    state: viewState,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'View' });

export const viewList = z.object({ views: z.array(view).describe('Sorted by page and name.') });

export const newView = z.strictObject({
  page: z.enum(VIEW_PAGES),
  name: viewName,
  state: viewState,
  isDefault: z.boolean().default(false).describe('Replaces the previous default of the page.'),
});

export const viewChange = z
  .strictObject({
    name: viewName.optional(),
    state: viewState.optional(),
    isDefault: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'expected name, state or isDefault',
  });

export type View = z.infer<typeof view>;
export type ViewState = z.infer<typeof viewState>;
export type NewView = z.infer<typeof newView>;
export type ViewChange = z.infer<typeof viewChange>;
