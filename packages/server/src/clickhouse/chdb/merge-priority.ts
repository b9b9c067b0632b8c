import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

const MERGE_THREADS = 'MergeMutate';
/** The lowest: a hundredth of the weight of other threads where both want the same processor. */
const NICE = 19;

/**
 * Merges can wait; acknowledging, loading and reading cannot. ClickHouse has a setting for this, which the embedded one
 * does not apply. Linux only: elsewhere a thread has no priority of its own that could be set from here.
 *
 * Gives how many threads it found.
 */
export async function lowerMergePriority(): Promise<number> {
  const threads = await readdir('/proc/self/task').catch(() => []);
  let found = 0;
  for (const thread of threads) {
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== MERGE_THREADS) continue;
    setPriority(Number(thread), NICE);
    found++;
  }
  return found;
}
