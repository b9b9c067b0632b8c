import { readFile, writeFile } from 'node:fs/promises';

const MIB = 1 << 20;

/** Resident memory of another process and its peak, in MiB, as Linux counts them. */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / MIB;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** How far the memory rose above where it was, and how long it took. */
export async function costOf(
  pid: number,
  run: () => Promise<unknown>,
): Promise<{ readonly peakMib: number; readonly grownMib: number; readonly seconds: number }> {
  // The peak begins anew.
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = await memoryOf(pid);
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  const { peak } = await memoryOf(pid);
  return { peakMib: peak, grownMib: peak - before.now, seconds };
}
