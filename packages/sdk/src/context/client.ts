import type { Tracer } from '@opentelemetry/api';
import type { Config } from '../core/config.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { UnsampledCount } from '../sampling/unsampled-count.ts';

/** Everything that `init` sets up and `shutdown` removes. */
export interface Client {
  readonly config: Config;
  readonly tracer: Tracer;
  /** Null if nothing is sent to a server. */
  readonly delivery: Delivery | null;
  readonly unsampled: UnsampledCount;
  /** Passes the counts of unsampled traces and spans to the delivery. */
  readonly reportUnsampled: () => void;
  /** Removes everything that `init` installed globally. Idempotent. */
  readonly uninstall: () => void;
  /** Ignores all further spans, including those of tracers that are still held somewhere. */
  readonly close: () => void;
}

interface Slot {
  client: Client | undefined;
}

/*
 * The only global state of the SDK. It is stored on the global object because an application may load this package
 * twice, as ESM and as CommonJS, and both copies must see the same client: `--import @throughline/sdk/register` is
 * ESM, while the application may be CommonJS.
 */
const KEY = Symbol.for('@throughline/sdk.slot');
const holder = globalThis as { [KEY]?: Slot };
holder[KEY] ??= { client: undefined };
const slot: Slot = holder[KEY];

/** Undefined before `init`, after `shutdown`, and if the SDK is disabled. */
export function currentClient(): Client | undefined {
  return slot.client;
}

export function setCurrentClient(client: Client | undefined): void {
  slot.client = client;
}
