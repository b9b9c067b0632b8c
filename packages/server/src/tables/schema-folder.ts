/** Folder of the numbered `.sql` files that create the tables. It is next to this module in `src` and in `dist`. */
export const SCHEMA_FOLDER = new URL('./schema/', import.meta.url);
