/*
 * The one piece of global state. It hangs on the global object because an application may load this package twice,
 * as ESM and as CommonJS, and both must see the same client: `--import @throughline/sdk/register` is ESM, the
 * application perhaps not.
 */
const KEY = Symbol.for('@throughline/sdk.slot');
const holder = globalThis;
holder[KEY] ??= { client: undefined };
const slot = holder[KEY];
/** Undefined before `init`, after `shutdown`, and where the SDK is disabled. */
export function currentClient() {
    return slot.client;
}
export function setCurrentClient(client) {
    slot.client = client;
}
