import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { backoffMs } from './retry.ts';
/**
 * Sends parcels to one place, one at a time and in order, each again until it is accepted or refused. In order,
 * because the record of a running span must not arrive after the span.
 */
export class Lane {
    #options;
    #parcels = [];
    #isSending = false;
    #isClosed = false;
    #failures = 0;
    #wake;
    constructor(options) {
        this.#options = options;
    }
    push(parcel) {
        this.#parcels.push(parcel);
        if (!this.#isSending)
            void this.#send();
    }
    /** Tries at once what waits for its next attempt. */
    hurry() {
        this.#wake?.();
    }
    /** Gives up the oldest parcel that is not just being sent; false where there is none. */
    dropOldest() {
        const index = this.#isSending && this.#wake === undefined ? 1 : 0;
        const [parcel] = this.#parcels.splice(index, 1);
        if (parcel === undefined)
            return false;
        this.#options.onSettled(parcel, { outcome: 'dropped' });
        return true;
    }
    close() {
        this.#isClosed = true;
        for (const parcel of this.#parcels.splice(0))
            this.#options.onSettled(parcel, { outcome: 'dropped' });
        this.#wake?.();
    }
    async #send() {
        this.#isSending = true;
        for (let parcel = this.#parcels[0]; parcel !== undefined; parcel = this.#parcels[0]) {
            const result = await this.#attempt(parcel);
            if (this.#isClosed)
                break;
            if (result.outcome === 'retry') {
                this.#failures++;
                this.#options.onRetry(result.reason);
                await this.#pause(result.afterMs ?? backoffMs(this.#failures, Math.random()));
                continue;
            }
            this.#failures = 0;
            if (this.#parcels[0] === parcel)
                this.#parcels.shift();
            this.#options.onSettled(parcel, result);
        }
        this.#isSending = false;
    }
    #attempt({ url, headers, body }) {
        const { transport, requestTimeoutMs } = this.#options;
        return context.with(suppressTracing(ROOT_CONTEXT), () => transport.send({ url, headers, body, timeoutMs: requestTimeoutMs }));
    }
    #pause(ms) {
        return new Promise((resolve) => {
            const timer = setTimeout(() => this.#wake?.(), ms);
            unref(timer);
            this.#wake = () => {
                clearTimeout(timer);
                this.#wake = undefined;
                resolve();
            };
        });
    }
}
/** Timers never keep the application running. Edge runtimes give numbers. */
export function unref(timer) {
    if (typeof timer === 'object')
        timer.unref();
}
