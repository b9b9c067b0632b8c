import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a time: the latency of a simulated service, or the moment at which a test kills a process. The test has to pass
 * independently of what has happened by then. To wait for an event, use `waitFor`.
 */
export const pause = (ms: number): Promise<void> => delay(ms);
