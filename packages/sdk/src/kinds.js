import { documentList, documentsOf } from './documents.ts';
import { KEYS } from './semconv.ts';
/** One argument stands for itself, several are a list. */
export function argumentsValue(args) {
    return args.length === 1 ? args[0] : args.length === 0 ? undefined : args;
}
const plain = {
    input: (args) => ({ [KEYS.input]: { input: () => argumentsValue(args) } }),
    output: (result) => ({ [KEYS.output]: { output: () => result } }),
};
const retriever = {
    input: (args) => ({
        [KEYS.query]: { input: () => queryOf(args[0]) },
        // A query alone is said once.
        [KEYS.input]: args.length === 1 && typeof args[0] === 'string' ? undefined : { input: () => argumentsValue(args) },
    }),
    output: (result) => documentList(result) === undefined
        ? plain.output(result)
        : { [KEYS.documents]: { output: () => documentsOf(result) } },
};
const reranker = {
    input: (args) => ({
        [KEYS.query]: { input: () => queryOf(args[0]) },
        [KEYS.inputDocuments]: { input: () => documentsOf(args.find((arg) => documentList(arg) !== undefined)) },
    }),
    output: retriever.output,
};
const embedding = {
    input: (args) => {
        const texts = typeof args[0] === 'string' ? [args[0]] : args[0];
        if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
            return plain.input(args, '');
        return { [KEYS.inputMessages]: { input: () => [{ role: 'user', parts: texts.map(textPart) }] } };
    },
    // Vectors say nothing to a reader and are large: their length does.
    output: (result) => ({ [KEYS.dimensions]: dimensionsOf(result) }),
};
const tool = {
    input: (args, name) => ({
        [KEYS.toolName]: name,
        [KEYS.toolArguments]: { input: () => argumentsValue(args) },
    }),
    output: (result) => ({ [KEYS.toolResult]: { output: () => result } }),
};
const agent = {
    input: (args, name) => ({ [KEYS.agentName]: name, ...plain.input(args, name) }),
    output: plain.output,
};
export const KIND_TRAITS = {
    llm: plain,
    embedding,
    retriever,
    reranker,
    tool,
    agent,
    chain: plain,
    guardrail: plain,
    evaluator: plain,
    prompt: plain,
    memory: plain,
    span: plain,
};
function textPart(content) {
    return { type: 'text', content };
}
const QUERY_KEYS = ['query', 'question', 'text', 'q', 'input'];
function queryOf(argument) {
    if (typeof argument === 'string')
        return argument;
    if (typeof argument !== 'object' || argument === null)
        return undefined;
    for (const key of QUERY_KEYS) {
        const value = argument[key];
        if (typeof value === 'string')
            return value;
    }
    return undefined;
}
/** Of one vector, a list of vectors, or an answer that holds one. */
function dimensionsOf(result) {
    if (typeof result !== 'object' || result === null)
        return undefined;
    if (ArrayBuffer.isView(result))
        return result.length;
    if (Array.isArray(result))
        return typeof result[0] === 'number' ? result.length : dimensionsOf(result[0]);
    const { embedding, embeddings, vector, data } = result;
    return dimensionsOf(embedding ?? embeddings ?? vector ?? data);
}
