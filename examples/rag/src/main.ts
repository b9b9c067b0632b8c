import { runDemo } from './demo.ts';

const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318';
const project = process.env.THROUGHLINE_PROJECT ?? 'demo';
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

const run = runDemo({
  endpoint,
  project,
  signal: controller.signal,
  ...(process.argv[2] !== undefined && { traces: Number(process.argv[2]) }),
  onProgress: (done, total) => process.stderr.write(`\r${done} of ${total} requests`),
});
process.stderr.write('\n');
console.log(
  `${requests} requests in ${(durationMs / 1000).toFixed(1)} s, ${failed} of them failed on purpose.`,
);
  console.log(`Traces: ${endpoint}/?project=${project}`);
} catch (error) {
  process.stderr.write('\n');
  console.error(error instanceof Error ? `${error.message}: ${error.cause}` : error);
  process.exitCode = 1;
}
