import { swallow, warnOnce } from '../core/report.ts';
import type { Integration } from '../patch/integration.ts';
import { INTEGRATIONS } from './integrations.ts';
import { isInRange } from './version-range.ts';

/**
 * Traces the calls of one client without patching any module. Returns the same client object, with its class, private
 * fields and helpers. If you call it twice, or together with `@throughline/sdk/register`, calls are still traced once.
 * Never throws: if the client or its version is not supported, `instrument` prints a warning once and returns the client
 * unchanged.
 *
 * @example
 * const openai = instrument(new OpenAI());
 */
export function instrument<Client extends object>(client: Client): Client {
  instrumentFrom(INTEGRATIONS, client);
  return client;
}

export function instrumentFrom(integrations: readonly Integration[], client: object): void {
  try {
    const integration = integrations.find((row) => row.client?.recognises(client));
    if (integration?.client === undefined) {
      warnOnce(`instrument() does not support ${nameOf(client)}: its calls are not traced`);
      return;
    }
    const version = integration.client.version?.(client);
    if (version !== undefined && !isSupported(integration, version)) return;
    integration.client.instrument(client);
  } catch (error) {
    swallow('instrument()', error);
  }
}

/** Returns whether a version is supported. Prints a warning once if it is not. */
export function isSupported({ package: name, supported }: Integration, version: string): boolean {
  if (isInRange(version, supported)) return true;
  warnOnce(`${name} ${version} is not traced: this SDK supports the versions ${supported}`);
  return false;
}

function nameOf(client: unknown): string {
  if (typeof client !== 'object' || client === null) return String(typeof client);
  return `an object of class ${client.constructor?.name || 'unknown'}`;
}
