const CHECK_EVERY_MS = 200;

/**
 * Ends this process as soon as the process with this id is gone, for launchers that cannot become the server
 * themselves. A launcher that is killed cannot pass on its end, and what is acknowledged survives ours.
 */
export function endWithProcess(pid: number): void {
  setInterval(() => {
    if (!isAlive(pid)) process.kill(process.pid, 'SIGKILL');
  }, CHECK_EVERY_MS).unref();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
