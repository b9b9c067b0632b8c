import type { SpanKind } from '@throughline/spans';
import { KEYS } from '../core/semconv.ts';
import { documentList, documentsOf } from './documents.ts';

/** Writes the attributes of a span. `make` is called only if the content is recorded. */
export interface StepWriter {
  attribute(key: string, value: string | number): void;
  content<T>(key: string, direction: 'input' | 'output', source: T, make: (source: T) => unknown): void;
}

/** How the arguments and the result of a wrapped function become attributes. Depends on the kind of span. */
export interface KindTraits {
  /** Attribute for the name of the function. Recorded even if content is off. */
  readonly nameKey?: string;
  readonly input: (span: StepWriter, args: readonly unknown[]) => void;
  readonly output: (span: StepWriter, result: unknown) => void;
}

type Args = readonly unknown[];

/** Records a single argument as itself and several as a list. */
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
    // If the query is the only argument, it is not recorded a second time as input.
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
  // Vectors are large and unreadable, so only their length is recorded.
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

/** Returns the texts to embed: the first argument if it is a string or a list of strings. */
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

/** Vector length of a result that is a vector, a list of vectors, or a response that contains one. */
function dimensionsOf(result: unknown): number | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  if (ArrayBuffer.isView(result)) return (result as Float32Array).length;
  if (Array.isArray(result)) return typeof result[0] === 'number' ? result.length : dimensionsOf(result[0]);
  const { embedding, embeddings, vector, data } = result as Record<string, unknown>;
  return dimensionsOf(embedding ?? embeddings ?? vector ?? data);
}
