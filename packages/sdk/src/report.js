import { diag } from '@opentelemetry/api';
const said = new Set();
/** Once per process and text, through OpenTelemetry's diagnostics and, for what a person must know, `console.warn`. */
export function warnOnce(message) {
    if (said.has(message) || said.size > 100)
        return;
    said.add(message);
    diag.warn(message);
    console.warn(`[throughline] ${message}`);
}
/** The SDK never throws into its host: what went wrong inside it is for OpenTelemetry's diagnostics only. */
export function swallow(where, error) {
    try {
        diag.error(`throughline: ${where} failed`, error);
    }
    catch {
        // A diagnostics logger of the host's that throws.
    }
}
