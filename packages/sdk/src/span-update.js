import { masked, setContent } from './capture.ts';
import { documentsOf } from './documents.ts';
import { KEYS } from './semconv.ts';
/** Without a prototype, so that a field is looked up by one access whatever it is called. */
export const FIELDS = Object.assign(Object.create(null), {
    input: { key: KEYS.input, direction: 'input' },
    output: { key: KEYS.output, direction: 'output' },
    inputMessages: { key: KEYS.inputMessages, direction: 'input' },
    outputMessages: { key: KEYS.outputMessages, direction: 'output' },
    systemInstructions: { key: KEYS.systemInstructions, direction: 'input' },
    toolDefinitions: { key: KEYS.toolDefinitions, direction: 'input' },
    provider: { key: KEYS.provider, direction: 'plain' },
    model: { key: KEYS.requestModel, direction: 'plain' },
    responseModel: { key: KEYS.responseModel, direction: 'plain' },
    responseId: { key: KEYS.responseId, direction: 'plain' },
    finishReasons: { key: KEYS.finishReasons, direction: 'plain' },
    costUsd: { key: KEYS.costUsd, direction: 'plain' },
    toolName: { key: KEYS.toolName, direction: 'plain' },
    toolCallId: { key: KEYS.toolCallId, direction: 'plain' },
    toolArguments: { key: KEYS.toolArguments, direction: 'input' },
    toolResult: { key: KEYS.toolResult, direction: 'output' },
    agentName: { key: KEYS.agentName, direction: 'plain' },
    query: { key: KEYS.query, direction: 'input' },
    topK: { key: KEYS.topK, direction: 'plain' },
    documents: { key: KEYS.documents, direction: 'output', convert: documentsOf },
    inputDocuments: { key: KEYS.inputDocuments, direction: 'input', convert: documentsOf },
    dimensions: { key: KEYS.dimensions, direction: 'plain' },
    promptName: { key: KEYS.promptName, direction: 'plain' },
    promptVersion: { key: KEYS.promptVersion, direction: 'plain' },
});
const USAGE = {
    inputTokens: KEYS.inputTokens,
    outputTokens: KEYS.outputTokens,
    cacheReadTokens: KEYS.cacheReadTokens,
    cacheWriteTokens: KEYS.cacheWriteTokens,
    reasoningTokens: KEYS.reasoningTokens,
    audioInputTokens: KEYS.audioInputTokens,
    audioOutputTokens: KEYS.audioOutputTokens,
};
/** Writes all of an update but the name and the context values, which the span itself must know about. */
export function writeUpdate(otel, update, config, source) {
    for (const field in update) {
        const row = FIELDS[field];
        if (row === undefined)
            continue;
        const value = update[field];
        if (value === undefined || value === null)
            continue;
        if (row.direction === 'plain')
            otel.setAttribute(row.key, value);
        else
            setContent(otel, row.key, row.direction, value, config, source, row.convert);
    }
    if (update.usage !== undefined)
        writeUsage(otel, update.usage);
    if (update.parameters !== undefined) {
        for (const [name, value] of Object.entries(update.parameters)) {
            if (value !== undefined && value !== null)
                otel.setAttribute(`gen_ai.request.${name}`, value);
        }
    }
    if (update.attributes !== undefined)
        writeOwn(otel, update.attributes, config, source);
}
export function writeUsage(otel, usage) {
    for (const name in USAGE) {
        const tokens = usage[name];
        if (isCount(tokens))
            otel.setAttribute(USAGE[name], tokens);
    }
    if (usage.details === undefined)
        return;
    for (const [name, tokens] of Object.entries(usage.details)) {
        if (isCount(tokens))
            otel.setAttribute(`gen_ai.usage.details.${name}`, tokens);
    }
}
/** Attributes of the application's own: their texts are masked. */
function writeOwn(otel, attributes, config, source) {
    for (const [key, value] of Object.entries(attributes)) {
        if (value === undefined)
            continue;
        otel.setAttribute(key, typeof value === 'string' ? masked(value, key, config, source.info()) : value);
    }
}
function isCount(value) {
    return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
