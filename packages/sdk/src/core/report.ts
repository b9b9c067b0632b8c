import { diag } from '@opentelemetry/api';

const said = new Set<string>();

/** Once per process and text, through OpenTelemetry's diagnostics and, for what a person must know, `console.warn`. */
export function warnOnce(message: string): void {
  if (said.has(message) || said.size > 100) return;
  said.add(message);
  diag.warn(message);
  console.warn(`[throughline] ${message}`);
}

/** The SDK never throws into its host: what went wrong inside it is for OpenTelemetry's diagnostics only. */
export function swallow(where: string, error: unknown): void {
  try {
    diag.error(`throughline: ${where} failed`, error);
  } catch {
    // A diagnostics logger of the host's that throws.
  }
}
