import { currentClient } from './client.ts';
import { swallow } from './report.ts';
import { activeSpan } from './span.ts';
/**
 * Sends one judgement: a number, a category or a boolean. It may come before the trace or long after it. Delivered
 * like spans: in the background, again until accepted. Does nothing where there is no target or nothing is sent.
 *
 * @example score('trace', 'helpful', true, { comment: 'solved it', source: 'user' })
 */
export function score(target, name, value, options = {}) {
    try {
        const { delivery } = currentClient() ?? {};
        const ids = idsOf(target);
        if (!delivery || ids === undefined || (typeof value === 'number' && !Number.isFinite(value)))
            return;
        const { comment, key, source, metadata } = options;
        const timestamp = new Date().toISOString();
        delivery.addScore(JSON.stringify({ ...ids, name, value, comment, key, source: source ?? 'code', metadata, timestamp }));
    }
    catch (error) {
        swallow('recording a score', error);
    }
}
const NO_TRACE = /^0*$/;
function idsOf(target) {
    if (typeof target === 'object' && 'sessionId' in target)
        return { sessionId: target.sessionId };
    const span = typeof target === 'object' ? target : activeSpan();
    if (span === undefined || NO_TRACE.test(span.traceId))
        return undefined;
    return target === 'trace' || span.spanId === undefined
        ? { traceId: span.traceId }
        : { traceId: span.traceId, spanId: span.spanId };
}
