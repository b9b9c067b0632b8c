/** Address, database and user of a Postgres server. */
export interface PostgresAddress {
  /** The address without user and password: `postgres://db.example:5432/throughline`. Safe to log. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: PostgresTls;
}

/** `require` encrypts without checking who answers; `verify-full` also checks the certificate and its host name. */
export type PostgresTls = 'disable' | 'require' | 'verify-full';

const TLS: readonly PostgresTls[] = ['disable', 'require', 'verify-full'];
const DEFAULT_PORT = 5432;
const DEFAULT_NAME = 'throughline';

/**
 * Parses `postgres://user:password@host:5432/database?sslmode=verify-full`. Everything but the host is optional.
 *
 * @throws TypeError with a message that never contains the password
 */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') || url.hostname === '')
    throw new TypeError('expected an address such as postgres://user:password@host:5432/database');
  const { sslmode = 'disable', ...others } = Object.fromEntries(url.searchParams);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined || url.hash !== '')
    throw new TypeError(
      `the address has the unknown parameter "${unknown ?? url.hash}"; only sslmode is known`,
    );
  const tls = TLS.find((each) => each === sslmode);
  if (tls === undefined) throw new TypeError(`sslmode is one of ${TLS.join(', ')}`);
  const database = decode(url.pathname.slice(1)) || DEFAULT_NAME;
  if (database.includes('/')) throw new TypeError('the address must end with the name of the database');
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return {
    url: `postgres://${url.hostname}:${port}/${encodeURIComponent(database)}`,
    // The brackets of an IPv6 address belong to the URL.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    user: decode(url.username) || DEFAULT_NAME,
    password: decode(url.password),
    database,
    tls,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('a % in the user, password or database has to be written as %25');
  }
}
