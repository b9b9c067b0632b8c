/**
 * The shapes of generated traces: a hundred spans form twelve traces, from a single call to an agent with thirty spans.
 *
 *     answer_question (chain)
 *     ├─ retrieve ─┬─ embed
 *     │            └─ vector_search
 *     ├─ rerank
 *     └─ agent ─┬─ plan (llm)
 *               ├─ lookup_order (tool)
 *               ├─ generate (llm)
 *               ├─ POST
 *               └─ … further plan, tool and generate in turn
 */
const SIZES = [1, 12, 3, 8, 1, 30, 5, 2, 10, 4, 18, 6];

export const SPANS_PER_BLOCK = SIZES.reduce((sum, size) => sum + size, 0);
export const TRACES_PER_BLOCK = SIZES.length;

const list = (values: readonly number[]) => `CAST([${values.join(', ')}], 'Array(UInt8)')`;

/** Expressions by the position of a span in its block, which is `number % 100`. */
export const TRACE_OF_PLACE = list(SIZES.flatMap((size, trace) => Array.from({ length: size }, () => trace)));
export const SPAN_OF_PLACE = list(SIZES.flatMap((size) => Array.from({ length: size }, (_, span) => span)));
export const SIZE_OF_PLACE = list(SIZES.flatMap((size) => Array.from({ length: size }, () => size)));
