/**
 * Processor time in ms that `run` uses, independent of other load on the machine. For tests of work that must not grow
 * quadratically: allow ten times the expected time.
 */
export function cpuMsOf(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1000;
}
