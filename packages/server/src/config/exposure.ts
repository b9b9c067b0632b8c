import { StartupError } from '../errors/startup-error.ts';
import { isLoopback } from '../http/bind-address.ts';
import type { Config } from './config.ts';

/** The server would be open to everyone who can reach it, without a setting that allows this. */
export class ExposureError extends StartupError {
  override readonly name = 'ExposureError';
}

/** The warning for a server that everyone who can reach it can read and change. */
export const INSECURE_WARNING =
  'WARNING: --insecure is set and there is no API key. Everyone who can reach this server can read and change all its data.';

/**
 * Returns true if the server is open to other machines without a key.
 *
 * @throws ExposureError if it would be, without the setting `insecure`
 */
export function isInsecure({
  host,
  apiKeys,
  insecure,
}: Pick<Config, 'host' | 'apiKeys' | 'insecure'>): boolean {
  if (isLoopback(host) || apiKeys.length > 0) return false;
  if (insecure) return true;
  throw new ExposureError(
    `Listening on ${host} would let everyone who can reach this machine read and change all data. ` +
      'Set an API key with --api-key or THROUGHLINE_API_KEY ("openssl rand -hex 24" makes one), ' +
      'or allow it with --insecure or THROUGHLINE_INSECURE=true if a proxy or firewall protects the server.',
  );
}
