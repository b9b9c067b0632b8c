import type { SpanKind } from '@throughline/spans';
import { KEYS } from '../core/semconv.ts';
import { documentList, documentsOf } from './documents.ts';

/** Where the attributes of a step go; `make` is called only if the content is recorded. */
export interface StepWriter {
  attribute(key: string, value: string | number): void;
  content<T>(key: string, direction: 'input' | 'output', source: T, make: (source: T) => unknown): void;
}

/** How the arguments and the result of a function become attributes, by the kind of step that it is. */
export interface KindTraits {
  /** What names the step, recorded whether or not its content is. */
  readonly nameKey?: string;
  readonly input: (span: StepWriter, args: readonly unknown[]) => void;
  readonly output: (span: StepWriter, result: unknown) => void;
}

type Args = readonly unknown[];

/** One argument stands for itself, several are a list. */
function argumentsValue(args: Args): unknown {
  return args.length === 1 ? args[0] : args.length === 0 ? undefined : args;
}

const itself = (value: unknown) => value;

const plain: KindTraits = {
  input: (span, args) => span.content(KEYS.input, 'input', args, argumentsValue),
  output: (span, result) => span.content(KEYS.output, 'output', result, itself),
};

const retriever: KindTraits = {
  input: (span, args) => {
    span.content(KEYS.query, 'input', args[0], queryOf);
    // A query alone is said once.
    if (args.length !== 1 || typeof args[0] !== 'string') plain.input(span, args);
  },
  output: (span, result) => {
    if (documentList(result) === undefined) plain.output(span, result);
    else span.content(KEYS.documents, 'output', result, documentsOf);
  },
};

const reranker: KindTraits = {
  input: (span, args) => {
    span.content(KEYS.query, 'input', args[0], queryOf);
    span.content(KEYS.inputDocuments, 'input', args, rerankedOf);
  },
  output: retriever.output,
};

const embedding: KindTraits = {
  input: (span, args) => {
    if (textsOf(args) === undefined) plain.input(span, args);
    else span.content(KEYS.inputMessages, 'input', args, textsAsMessage);
  },
  // Vectors say nothing to a reader and are large: their length does.
  output: (span, result) => {
    const dimensions = dimensionsOf(result);
    if (dimensions !== undefined) span.attribute(KEYS.dimensions, dimensions);
  },
};

const tool: KindTraits = {
  nameKey: KEYS.toolName,
  input: (span, args) => span.content(KEYS.toolArguments, 'input', args, argumentsValue),
  output: (span, result) => span.content(KEYS.toolResult, 'output', result, itself),
};

export const KIND_TRAITS: Readonly<Record<SpanKind, KindTraits>> = {
  llm: plain,
  embedding,
  retriever,
  reranker,
  tool,
  agent: { nameKey: KEYS.agentName, ...plain },
  chain: plain,
  guardrail: plain,
  evaluator: plain,
  prompt: plain,
  memory: plain,
  span: plain,
};

function rerankedOf(args: Args): unknown {
  return documentsOf(args.find((arg) => documentList(arg) !== undefined));
}

/** The texts that are to be embedded: one, or a list. */
function textsOf(args: Args): readonly string[] | undefined {
  const texts = typeof args[0] === 'string' ? [args[0]] : args[0];
  return Array.isArray(texts) && texts.every((text) => typeof text === 'string') ? texts : undefined;
}

function textsAsMessage(args: Args): unknown {
  return [{ role: 'user', parts: textsOf(args)?.map((content) => ({ type: 'text', content })) }];
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
