import type { SpanKind } from '@throughline/spans';
import type { LazyAttributes } from './capture.ts';
import { documentList, documentsOf } from './documents.ts';
import { KEYS } from './semconv.ts';

/** How the arguments and the result of a function become attributes, by the kind of step that it is. */
export interface KindTraits {
  readonly input: (args: readonly unknown[], name: string) => LazyAttributes;
  readonly output: (result: unknown) => LazyAttributes;
}

/** One argument stands for itself, several are a list. */
export function argumentsValue(args: readonly unknown[]): unknown {
  return args.length === 1 ? args[0] : args.length === 0 ? undefined : args;
}

const plain: KindTraits = {
  input: (args) => ({ [KEYS.input]: { input: () => argumentsValue(args) } }),
  output: (result) => ({ [KEYS.output]: { output: () => result } }),
};

const retriever: KindTraits = {
  input: (args) => ({
    [KEYS.query]: { input: () => queryOf(args[0]) },
    // A query alone is said once.
    [KEYS.input]:
      args.length === 1 && typeof args[0] === 'string' ? undefined : { input: () => argumentsValue(args) },
  }),
  output: (result) =>
    documentList(result) === undefined
      ? plain.output(result)
      : { [KEYS.documents]: { output: () => documentsOf(result) } },
};

const reranker: KindTraits = {
  input: (args) => ({
    [KEYS.query]: { input: () => queryOf(args[0]) },
    [KEYS.inputDocuments]: { input: () => documentsOf(args.find((arg) => documentList(arg) !== undefined)) },
  }),
  output: retriever.output,
};

const embedding: KindTraits = {
  input: (args) => {
    const texts = typeof args[0] === 'string' ? [args[0]] : args[0];
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
      return plain.input(args, '');
    return { [KEYS.inputMessages]: { input: () => [{ role: 'user', parts: texts.map(textPart) }] } };
  },
  // Vectors say nothing to a reader and are large: their length does.
  output: (result) => ({ [KEYS.dimensions]: dimensionsOf(result) }),
};

const tool: KindTraits = {
  input: (args, name) => ({
    [KEYS.toolName]: name,
    [KEYS.toolArguments]: { input: () => argumentsValue(args) },
  }),
  output: (result) => ({ [KEYS.toolResult]: { output: () => result } }),
};

const agent: KindTraits = {
  input: (args, name) => ({ [KEYS.agentName]: name, ...plain.input(args, name) }),
  output: plain.output,
};

export const KIND_TRAITS: Readonly<Record<SpanKind, KindTraits>> = {
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

function textPart(content: string) {
  return { type: 'text', content };
}

const QUERY_KEYS = ['query', 'question', 'text', 'q', 'input'] as const;

function queryOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  for (const key of QUERY_KEYS) {
    const value = (argument as Record<string, unknown>)[key];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Of one vector, a list of vectors, or an answer that holds one. */
function dimensionsOf(result: unknown): number | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  if (ArrayBuffer.isView(result)) return (result as Float32Array).length;
  if (Array.isArray(result)) return typeof result[0] === 'number' ? result.length : dimensionsOf(result[0]);
  const { embedding, embeddings, vector, data } = result as Record<string, unknown>;
  return dimensionsOf(embedding ?? embeddings ?? vector ?? data);
}
