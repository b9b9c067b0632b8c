import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

const MERGE_THREADS = 'MergeMutate';
/** The lowest priority: a hundredth of the weight of other threads that want the same processor. */
const NICE = 19;

/**
 * Lowers the priority of merges, because acknowledging, loading and reading are more urgent. The embedded ClickHouse
 * ignores the setting that exists for this. Works on Linux only, because other systems have no priorities per thread that
 * can be set from here.
 *
 * Returns the number of threads found.
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
