/** Address, database and user of a ClickHouse server. */
export interface ClickHouseAddress {
  /** The address without user and database: `http://clickhouse.example:8123`. Safe to log. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const DEFAULT_DATABASE = 'throughline';

/**
 * Parses `http[s]://user:password@host:8123/database`. User, password, port and database are optional.
 *
 * @throws TypeError with a message that never contains the password
 */
export function parseClickHouseUrl(text: string): ClickHouseAddress {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('expected an address such as http://user:password@host:8123/database');
  }
  if (url.search !== '' || url.hash !== '')
    throw new TypeError('the address must end with the name of the database');
  const database = decodeURIComponent(url.pathname.slice(1)) || DEFAULT_DATABASE;
  if (!/^\w+$/.test(database)) {
    throw new TypeError(`"${database}" is not a valid database name; expected letters, digits and _`);
  }
  return {
    url: url.origin,
    user: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database,
  };
}
