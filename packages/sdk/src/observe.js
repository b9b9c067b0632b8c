import { context } from '@opentelemetry/api';
import { currentClient } from './client.ts';
import { rememberDocuments } from './documents.ts';
import { KIND_TRAITS } from './kinds.ts';
import { swallow } from './report.ts';
import { KEYS } from './semconv.ts';
import { beginSpan } from './span.ts';
import { Collected } from './stream/collect.ts';
import { follow } from './stream/follow.ts';
import { onceHooks } from './stream/hooks.ts';
export function observe(target, options) {
    if (typeof target === 'function')
        return wrap(target, (options ?? {}));
    const given = (target ?? {});
    return (method, { name }) => wrap(method, { ...given, name: given.name ?? String(name) });
}
function ofKind(kind) {
    function observeKind(target, options) {
        return typeof target === 'function'
            ? observe(target, { ...options, kind })
            : observe({ ...target, kind });
    }
    return observeKind;
}
/** `observe` for a search: the query and the documents found are recorded as such. */
export const retriever = ofKind('retriever');
/** `observe` for making vectors: the texts and the length of the vectors are recorded, not the vectors. */
export const embedding = ofKind('embedding');
/** `observe` for reordering documents: those that went in and those that were kept. */
export const reranker = ofKind('reranker');
/** `observe` for a tool that a model may call. */
export const tool = ofKind('tool');
/** `observe` for an agent; shown in the server while it runs. */
export const agent = ofKind('agent');
/** `observe` for a sequence of steps; shown in the server while it runs. */
export const chain = ofKind('chain');
/** `observe` for a check of input or output. */
export const guardrail = ofKind('guardrail');
function wrap(fn, options) {
    const { input: _input, output: _output, name: given, ...spanOptions } = options;
    const name = given ?? (fn.name || 'anonymous');
    // A proxy is the function in every respect but its call: its name, length, properties, and `new`.
    return new Proxy(fn, {
        apply(target, self, args) {
            if (currentClient() === undefined)
                return Reflect.apply(target, self, args);
            const span = beginSpan(name, spanOptions, context.active());
            if (!span.isRecording)
                return context.with(span.context, () => Reflect.apply(target, self, args));
            recordInput(span, name, args, options);
            let result;
            try {
                result = context.with(span.context, () => Reflect.apply(target, self, args));
            }
            catch (error) {
                span.recordError(error);
                span.end();
                throw error;
            }
            if (typeof result === 'object' && result !== null)
                return follow(result, resultHooks(span, options));
            recordOutput(span, result, options);
            span.end();
            return result;
        },
    });
}
function recordInput(span, name, args, { input }) {
    if (input === false) {
        const { [KEYS.toolName]: toolName, [KEYS.agentName]: agentName } = KIND_TRAITS[span.kind].input([], name);
        span.set({ [KEYS.toolName]: toolName, [KEYS.agentName]: agentName });
        return;
    }
    const traits = KIND_TRAITS[span.kind];
    if (input === undefined)
        span.set(traits.input(args, name));
    else if (span.captures('input'))
        span.set(traits.input([attempt(() => input(...args))], name));
    else
        span.set(traits.input([], name));
}
function recordOutput(span, result, { output }) {
    if (span.kind === 'retriever' || span.kind === 'reranker')
        rememberDocuments(result, span.spanId);
    if (output === false)
        return;
    const traits = KIND_TRAITS[span.kind];
    if (output === undefined)
        span.set(traits.output(result));
    else if (span.captures('output'))
        span.set(traits.output(attempt(() => output(result))));
}
function attempt(read) {
    try {
        return read();
    }
    catch (error) {
        swallow('an observe option', error);
        return undefined;
    }
}
function resultHooks(span, options) {
    const limit = currentClient()?.config.capture.limits.maxCharacters ?? 0;
    const wantsChunks = options.output !== false && span.captures('output');
    let collected;
    const finish = (value) => {
        recordOutput(span, value, options);
        span.end();
    };
    return onceHooks({
        context: span.context,
        chunk: (value) => {
            if (collected === undefined) {
                collected = new Collected(limit);
                if (span.kind === 'llm')
                    span.markFirstToken();
            }
            if (wantsChunks)
                collected.add(value);
        },
        // What a generator returns is less than what it gave, unless it gave nothing.
        done: (value) => finish(collected?.value() ?? value),
        failed: (error) => {
            if (collected !== undefined)
                recordOutput(span, collected.value(), options);
            span.recordError(error);
            span.end();
        },
        cancelled: () => {
            span.recordCancelled();
            finish(collected?.value());
        },
    });
}
