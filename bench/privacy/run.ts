import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { DATASET, measureAccuracy } from './accuracy.ts';
import { buildWorkloads, defaultRedactor, measureThroughput } from './throughput.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

print('# Redaction: speed and accuracy\n');
print(
  '```sh\nnpx node --conditions=throughline-source bench/privacy/run.ts > bench/privacy/results.md\n```\n',
);
print(
  `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}, ${process.arch}, `,
);
print(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, load average ${loadavg()[0]?.toFixed(1)} at the start.\n`,
);
print('## Speed\n');
print('`DEFAULT_RULES`, texts of 4 to 6 kB, one thread; MB of UTF-8 a second of the thread’s CPU time,');
print('median of nine runs after warming up.\n');
print('| workload | MB | replacements | MB/s |\n|---|--:|--:|--:|');
const redact = defaultRedactor();
for (const [name, texts] of buildWorkloads()) {
  const { workload, bytes, replacements, megabytesPerSecond } = measureThroughput(name, texts, redact);
  print(`| ${workload} | ${(bytes / 1e6).toFixed(2)} | ${replacements} | ${megabytesPerSecond.toFixed(0)} |`);
}

print('\n## Accuracy\n');
if (existsSync(DATASET)) {
  const { classes, cleanDocuments, cleanAltered } = measureAccuracy(DATASET);
  print(
    '`synth_dataset_v2.json` of microsoft/presidio-research (1,500 documents); each class with its own rules alone.',
  );
  print('"Exact" documents came out as the labels ask, to the character.\n');
  print(
    '| class | labelled | removed | recall | without a label | exact documents |\n|---|--:|--:|--:|--:|--:|',
  );
  for (const { entity, labelled, removed, spurious, exactDocuments, documents } of classes) {
    const cells = [
      entity,
      labelled,
      removed,
      percent(removed, labelled),
      spurious,
      `${exactDocuments} of ${documents}`,
    ];
    print(`| ${cells.join(' | ')} |`);
  }
  print(
    `\nDocuments without any label that the whole table altered: ${cleanAltered.length} of ${cleanDocuments}.`,
  );
  print('API keys and tokens have no labels there; `detectors.test.ts` holds their cases.');
  print(
    '\nThe patterns were refined while looking at this data set, so it shows what is covered and not how the',
  );
  print('detectors do on data nobody has seen.');
} else print(`Not measured: ${DATASET} is absent.`);
