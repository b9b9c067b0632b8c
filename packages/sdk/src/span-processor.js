import { swallow } from './report.ts';
import { kindOf } from './sampling.ts';
import { scopeOf } from './scope.ts';
/** Gives each new span the values of its context, and each finished one to those that want it. */
export class ThroughlineSpanProcessor {
    #parts;
    constructor(parts) {
        this.#parts = parts;
    }
    onStart(span, parent) {
        const scope = scopeOf(parent);
        if (scope !== undefined) {
            for (const key in scope.attributes) {
                const value = scope.attributes[key];
                if (value !== undefined)
                    span.setAttribute(key, value);
            }
        }
        const { running, sinks } = this.#parts;
        for (const sink of sinks)
            sink.start?.(span);
        if (running !== null && isShownRunning(span, running.config))
            running.spans.add(span);
    }
    onEnd(span) {
        const { running, sinks } = this.#parts;
        running?.spans.remove(span);
        for (const sink of sinks) {
            try {
                sink.add(span);
            }
            catch (error) {
                swallow('handing on a finished span', error);
            }
        }
    }
    forceFlush() {
        return this.#parts.flush();
    }
    shutdown() {
        return this.#parts.shutdown();
    }
}
function isShownRunning(span, { roots, kinds }) {
    const above = span.parentSpanContext;
    if (roots && (above === undefined || above.isRemote === true))
        return true;
    return kinds.length > 0 && kinds.includes(kindOf(span.attributes));
}
