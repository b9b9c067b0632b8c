import { diag } from '@opentelemetry/api';

const warned = new Set<string>();

/** Prints each distinct warning once per process, to `console.warn` and OpenTelemetry's diagnostics logger. */
export function warnOnce(message: string): void {
  if (warned.has(message) || warned.size > 100) return;
  warned.add(message);
  diag.warn(message);
  console.warn(`[throughline] ${message}`);
}

/** The SDK never throws into the application: its own failures go to OpenTelemetry's diagnostics logger only. */
export function swallow(where: string, error: unknown): void {
  try {
    diag.error(`throughline: ${where} failed`, error);
  } catch {
    // The application's diagnostics logger may throw.
  }
}
