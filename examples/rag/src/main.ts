import { runDemo } from './demo.ts';

const { THROUGHLINE_URL, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
const endpoint = THROUGHLINE_URL ?? OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318';
const project = process.env.THROUGHLINE_PROJECT ?? 'demo';
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

try {
  const { requests, failed, durationMs } = await runDemo({
    endpoint,
    project,
    signal: controller.signal,
    ...(process.argv[2] !== undefined && { traces: Number(process.argv[2]) }),
    onProgress: (done, total) => process.stderr.write(`\r${done} of ${total} requests`),
  });
  const seconds = (durationMs / 1000).toFixed(1);
  console.log(`\n${requests} requests in ${seconds} s, ${failed} of them failed on purpose.`);
  console.log(`Traces: ${endpoint}/?project=${project}`);
} catch (error) {
  console.error(error instanceof Error ? `\n${error.message}: ${error.cause}` : error);
  process.exitCode = 1;
}
