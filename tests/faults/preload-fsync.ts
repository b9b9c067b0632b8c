/** Imported into a server. After a signal `SIGUSR2`, the next fsync of the journal fails as on a broken disk. */
import { open } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const handle = await open(process.execPath, 'r');
  const prototype: { datasync: () => Promise<void> } = Object.getPrototypeOf(handle);
  await handle.close();
  const { datasync } = prototype;
  let fails = false;
  process.on('SIGUSR2', () => {
    fails = true;
    process.stderr.write('{"level":30,"msg":"the next fsync will fail"}\n');
  });
  prototype.datasync = function failing() {
    if (!fails) return datasync.call(this);
    fails = false;
    return Promise.reject(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
  };
}
