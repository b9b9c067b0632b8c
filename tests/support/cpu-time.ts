/**
 * Processor time in ms that `run` takes, whatever else the machine does. For tests of work that must not grow
 * quadratically: leave ten times the room that it needs.
 */
export function cpuMsOf(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1000;
}
