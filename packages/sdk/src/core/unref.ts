/** Lets the process exit while the timer is running. Does nothing in edge runtimes, where timers are numbers. */
export function unref(timer: ReturnType<typeof setTimeout>): void {
  if (typeof timer === 'object') timer.unref();
}
