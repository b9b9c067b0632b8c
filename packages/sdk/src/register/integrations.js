/** Every package that is traced by itself. A new one is one file and one row here. */
export const INTEGRATIONS = [];
