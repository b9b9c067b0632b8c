/** The numbered `.sql` files that create the tables. They lie beside this module, in `src` and in `dist`. */
export const SCHEMA_FOLDER = new URL('./schema/', import.meta.url);
