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
print('`DEFAULT_RULES`, texts of 4 to 6 kB, one thread; MB of UTF-8 per second of the thread’s CPU time,');
print('median of nine runs after warm-up.\n');
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
    '`synth_dataset_v2.json` of microsoft/presidio-research (1,500 documents); each class with only its own rules.',
  );
  print('"Exact" documents match the labels in every character.\n');
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
    `\nDocuments without any label that all rules together changed: ${cleanAltered.length} of ${cleanDocuments}.`,
  );
  print('API keys and tokens have no labels in this data set; `detectors.test.ts` contains their cases.');
  print(
    '\nThe patterns were refined with this data set, so it shows which cases are covered, but not how well the',
  );
  print('detectors work on unseen data.');
} else print(`Not measured: ${DATASET} does not exist.`);
