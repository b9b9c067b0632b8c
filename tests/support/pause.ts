import { setTimeout as delay } from 'node:timers/promises';

/**
 * Lets time pass: the latency of a simulated service, or the moment at which a test kills a process. The test must pass
 * whatever has happened by then; to wait for something to happen, use `waitFor`.
 */
export const pause = (ms: number): Promise<void> => delay(ms);
