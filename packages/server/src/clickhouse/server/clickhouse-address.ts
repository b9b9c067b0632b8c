/** Where a ClickHouse server is and who asks it. */
export interface ClickHouseAddress {
  /** Without user and database: `http://clickhouse.example:8123`. May be shown. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const DEFAULT_DATABASE = 'throughline';

/**
 * Reads `http[s]://user:password@host:8123/database`; user, password, port and database may be left out.
 *
 * @throws TypeError whose message never holds the password
 */
export function parseClickHouseUrl(text: string): ClickHouseAddress {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('an address such as http://user:password@host:8123/database is expected');
  }
  if (url.search !== '' || url.hash !== '')
    throw new TypeError('nothing may follow the name of the database');
  const database = decodeURIComponent(url.pathname.slice(1)) || DEFAULT_DATABASE;
  if (!/^\w+$/.test(database)) {
    throw new TypeError(`"${database}" is no name of a database: letters, digits and _ are expected`);
  }
  return {
    url: url.origin,
    user: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database,
  };
}
