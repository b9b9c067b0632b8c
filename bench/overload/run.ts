/**
 * Sends ten times as much as the server can accept, for several minutes:
 *
 *     npm run bench -- overload [--seconds 120] [--http 20] [--grpc 10] [--flood 100]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureOverload } from '../ingest/overload.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    http: { type: 'string', default: '20' },
    grpc: { type: 'string', default: '10' },
    flood: { type: 'string', default: '100' },
  },
});
const seconds = Number(values.seconds);
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; ${seconds} s, generators on the same machine\n`,
);
const rows = await measureOverload({
  seconds,
  httpSenders: Number(values.http),
  grpcSenders: Number(values.grpc),
  floodConcurrency: Number(values.flood),
});
for (const [label, value] of Object.entries(rows)) console.log(`  ${label.padEnd(40)}${value}`);
