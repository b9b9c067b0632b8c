/** Folder of the numbered `.sql` files that create the relational tables. It is next to this module in `src` and in `dist`. */
export const RELATIONAL_SCHEMA = new URL('./schema/', import.meta.url);
