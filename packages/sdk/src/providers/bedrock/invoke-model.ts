import { type Json, list, number, present, record, text, texts } from '../../core/json.ts';
import { MessageAccumulator, messageAnswer, messages } from '../anthropic/messages.ts';
import { dimensionsOf, inputTexts } from '../openai/embeddings.ts';
import {
  type Accumulator,
  type AccumulatorOptions,
  type CallFacts,
  type Operation,
  streamed,
} from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';
import { ConverseAccumulator, converseAnswer, converseRequest } from './converse.ts';

/*
 * InvokeModel passes the body to the model unchanged, and each vendor uses a different format. The table has a row for
 * each supported format; other bodies are recorded as plain JSON.
 */
interface Family {
  readonly fits: (model: string, body: Json) => boolean;
  readonly kind: 'llm' | 'embedding';
  readonly request: (body: Json) => CallFacts;
  readonly response: (answer: Json) => CallFacts;
  readonly stream?: (options: AccumulatorOptions) => Accumulator;
}

const FAMILIES: readonly Family[] = [
  {
    fits: (model, body) => 'anthropic_version' in body || model.includes('anthropic.'),
    kind: 'llm',
    request: messages.request,
    response: messageAnswer,
    stream: (options) => new MessageAccumulator(options),
  },
  {
    fits: (model, body) => 'inputText' in body && /embed/.test(model),
    kind: 'embedding',
    request: (body) => ({
      inputMessages: () => inputTexts(body.inputText),
      dimensions: number(body.dimensions),
    }),
    response: ({ embedding, inputTextTokenCount }) => ({
      dimensions: dimensionsOf(embedding),
      usage: present({ inputTokens: number(inputTextTokenCount) }),
    }),
  },
  {
    fits: (_, body) => 'inputText' in body,
    kind: 'llm',
    request: titanRequest,
    response: titanAnswer,
    stream: (options) => new TitanAccumulator(options),
  },
  {
    // Nova uses the format of Converse here too.
    fits: (model, body) => model.includes('amazon.nova') && Array.isArray(body.messages),
    kind: 'llm',
    request: converseRequest,
    response: converseAnswer,
    stream: (options) => new ConverseAccumulator(options),
  },
];

const OTHER: Family = {
  fits: () => true,
  kind: 'llm',
  request: (body) => ({ input: () => body }),
  response: (answer) => ({ output: () => answer }),
};

/** @param body The parsed JSON of the request, with the model added. */
export function invokeModel(body: Json, isStream: boolean): Operation {
  const model = text(body.model) ?? '';
  const family = FAMILIES.find(({ fits }) => fits(model, body)) ?? OTHER;
  const operation: Operation = {
    operation: family.kind === 'embedding' ? 'embeddings' : 'chat',
    kind: family.kind,
    request: family.request,
    response: (answer) => family.response(jsonOf(record(answer).body)),
  };
  if (!isStream) return operation;
  return streamed(operation, (options) => new ChunkAccumulator(family.stream?.(options)));
}

/** Parses a JSON text or its bytes to an object. Returns an empty object if that fails. */
export function jsonOf(body: unknown): Json {
  try {
    const json = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
    return typeof json === 'string' ? record(JSON.parse(json)) : {};
  } catch {
    return {};
  }
}

/** Each event contains the bytes of one chunk in the vendor's format. The last one contains Bedrock's token counts. */
class ChunkAccumulator implements Accumulator {
  readonly #inner: Accumulator | undefined;
  #metrics: Json = {};

  constructor(inner: Accumulator | undefined) {
    this.#inner = inner;
  }

  add(event: unknown): boolean {
    const chunk = jsonOf(record(record(event).chunk).bytes);
    const metrics = chunk['amazon-bedrock-invocationMetrics'];
    if (metrics !== undefined) this.#metrics = record(metrics);
    return this.#inner === undefined ? true : this.#inner.add(chunk);
  }

  answer(): CallFacts {
    const facts = this.#inner?.answer() ?? {};
    const { inputTokenCount, outputTokenCount } = this.#metrics;
    const counted = present({ inputTokens: number(inputTokenCount), outputTokens: number(outputTokenCount) });
    return { ...facts, usage: { ...counted, ...facts.usage } };
  }
}

function titanRequest(body: Json): CallFacts {
  const config = record(body.textGenerationConfig);
  return {
    inputMessages: () => inputTexts(body.inputText),
    parameters: {
      temperature: number(config.temperature),
      top_p: number(config.topP),
      max_tokens: number(config.maxTokenCount),
      stop_sequences: texts(list(config.stopSequences)),
    },
  };
}

function titanAnswer(answer: Json): CallFacts {
  const [first] = list(answer.results).map(record);
  const reason = text(first?.completionReason);
  const output = text(first?.outputText);
  return {
    finishReasons: texts([reason]),
    usage: present({
      inputTokens: number(answer.inputTextTokenCount),
      outputTokens: number(first?.tokenCount),
    }),
    outputMessages: () =>
      output === undefined
        ? []
        : [
            {
              role: 'assistant',
              parts: [{ type: 'text', content: output }],
              ...(reason === undefined ? {} : { finish_reason: reason }),
            },
          ],
  };
}

class TitanAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  #last: Json = {};

  constructor({ maxCharacters }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
  }

  add(chunk: unknown): boolean {
    const { outputText, ...rest } = record(chunk);
    this.#last = { ...this.#last, ...rest };
    return this.#pieces.add('text', outputText);
  }

  answer(): CallFacts {
    const { completionReason, inputTextTokenCount, totalOutputTextTokenCount } = this.#last;
    return titanAnswer({
      inputTextTokenCount,
      results: [
        { outputText: this.#pieces.get('text'), completionReason, tokenCount: totalOutputTextTokenCount },
      ],
    });
  }
}
