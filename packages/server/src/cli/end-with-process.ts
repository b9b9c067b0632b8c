const CHECK_EVERY_MS = 200;

/**
 * Ends this process when the process with this id has ended, for launchers that cannot replace themselves by the server. A
 * launcher that is killed cannot stop its child. Acknowledged data survives such an end.
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
    // EPERM: the process exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
