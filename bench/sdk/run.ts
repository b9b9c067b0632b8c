import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs all benchmarks of the SDK. The memory test without a server takes one minute instead of ten. */
const scripts: [string, ...string[]][] = [
  ['hot-path.ts'],
  ['compare.ts'],
  ['stream-delay.ts'],
  ['server-down.ts', '60'],
];

for (const [script, ...options] of scripts) {
  console.log(`\n${script}`);
  const path = fileURLToPath(new URL(script, import.meta.url));
  const flags = ['--expose-gc', '--conditions=throughline-source'];
  const child = spawn(process.execPath, [...flags, path, ...options], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) process.exitCode = 1;
}
