import type { Tracer } from '@opentelemetry/api';
import type { Delivery } from '../delivery/delivery.ts';
import type { UnsampledCount } from '../sampling/sampling.ts';
import type { Config } from './config.ts';

/** What `init` built and `shutdown` takes down. */
export interface Client {
  readonly config: Config;
  readonly tracer: Tracer;
  /** Null where nothing is sent. */
  readonly delivery: Delivery | null;
  readonly unsampled: UnsampledCount;
  /** Hands the counts of what was not sampled to the delivery. */
  readonly reportUnsampled: () => void;
  /** Restores what was installed; idempotent. */
  readonly uninstall: () => void;
  /** Takes no further spans, whoever makes them. */
  readonly close: () => void;
}

interface Slot {
  client: Client | undefined;
}

/*
 * The one piece of global state. It hangs on the global object because an application may load this package twice,
 * as ESM and as CommonJS, and both must see the same client: `--import @throughline/sdk/register` is ESM, the
 * application perhaps not.
 */
const KEY = Symbol.for('@throughline/sdk.slot');
const holder = globalThis as { [KEY]?: Slot };
holder[KEY] ??= { client: undefined };
const slot: Slot = holder[KEY];

/** Undefined before `init`, after `shutdown`, and where the SDK is disabled. */
export function currentClient(): Client | undefined {
  return slot.client;
}

export function setCurrentClient(client: Client | undefined): void {
  slot.client = client;
}
