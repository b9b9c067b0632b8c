/**
 * Imported into a server. The system clock is wrong by `FAULT_CLOCK_MS`, and on each signal `SIGUSR2` it is set to the next
 * of `FAULT_CLOCK_JUMPS_MS`. As in a real system, counters of milliseconds since the start do not jump.
 */
import { isMainThread } from 'node:worker_threads';

const RealDate = Date;
const realNow = Date.now;
let shiftMs = Number(process.env.FAULT_CLOCK_MS ?? 0);
const jumps = (process.env.FAULT_CLOCK_JUMPS_MS ?? '').split(',').filter(Boolean).map(Number);

Date.now = () => realNow() + shiftMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, self) =>
    Reflect.construct(target, given.length === 0 ? [Date.now()] : given, self),
  apply: () => new RealDate(Date.now()).toString(),
});
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + shiftMs });

if (isMainThread)
  process.on('SIGUSR2', () => {
    shiftMs = jumps.shift() ?? 0;
    process.stderr.write(`{"level":30,"msg":"the clock was set to ${new Date().toISOString()}"}\n`);
  });
