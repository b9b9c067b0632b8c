import { spawnSync } from 'node:child_process';

export const PIP_COMMAND = 'pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http';

/** Whether `python3` and the packages that the worker needs are installed. */
export function hasPython(): boolean {
  const imports = 'import opentelemetry.sdk, opentelemetry.exporter.otlp.proto.http.trace_exporter';
  return spawnSync('python3', ['-c', imports]).status === 0;
}
