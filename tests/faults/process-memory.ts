import { readFile, writeFile } from 'node:fs/promises';

const MIB = 1 << 20;

/** Resident memory of another process and its peak, in MiB, according to Linux. */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / MIB;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** Processor time that another process has used so far, in seconds. */
async function processorSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Fields 14 and 15 of proc(5), which follow the name in parentheses, in hundredths of a second.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** The increase of memory above its start, and the processor time. */
export async function costOf(
  pid: number,
  run: () => Promise<unknown>,
): Promise<{ readonly peakMib: number; readonly grownMib: number; readonly seconds: number }> {
  // Resets the peak.
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = await memoryOf(pid);
  const startSeconds = await processorSecondsOf(pid);
  await run();
  const seconds = (await processorSecondsOf(pid)) - startSeconds;
  const { peak } = await memoryOf(pid);
  return { peakMib: peak, grownMib: peak - before.now, seconds };
}
