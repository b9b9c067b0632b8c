import { swallow, warnOnce } from '../core/report.ts';
import type { Integration } from './integration.ts';
import { INTEGRATIONS } from './integrations.ts';
import { isInRange } from './version-range.ts';

/**
 * Traces the calls of one client and changes nothing else: no module is patched. The client that is returned is the
 * client that was given, with its class, private fields and helpers. Calling it twice, or beside
 * `@throughline/sdk/register`, traces once. What is not known is said once and returned as it is.
 *
 * @example const openai = instrument(new OpenAI())
 */
export function instrument<Client extends object>(client: Client): Client {
  instrumentFrom(INTEGRATIONS, client);
  return client;
}

export function instrumentFrom(integrations: readonly Integration[], client: object): void {
  try {
    const integration = integrations.find((row) => row.client?.recognises(client));
    if (integration?.client === undefined) {
      warnOnce(`instrument() does not know ${nameOf(client)}: its calls are not traced`);
      return;
    }
    const version = integration.client.version?.(client);
    if (version !== undefined && !isSupported(integration, version)) return;
    integration.client.instrument(client);
  } catch (error) {
    swallow('instrument()', error);
  }
}

/** A version that is not supported is said once, in words. */
export function isSupported({ package: name, supported }: Integration, version: string): boolean {
  if (isInRange(version, supported)) return true;
  warnOnce(`${name} ${version} is not traced: the versions that this SDK knows are ${supported}`);
  return false;
}

function nameOf(client: unknown): string {
  if (typeof client !== 'object' || client === null) return String(typeof client);
  return `an object of class ${client.constructor?.name || 'unknown'}`;
}
