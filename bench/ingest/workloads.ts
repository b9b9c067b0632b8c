/** Typical traffic of applications, in commonly reported sizes. Texts differ between spans, so that they do not compress better than real data. */
import { naturalText } from './natural-text.ts';
import { type AttributeList, encodeRequest, type RequestTemplate, type SpanTemplate } from './otlp-writer.ts';
import { randomNumbers } from './random-numbers.ts';

export interface Workload {
  readonly name: string;
  readonly describes: string;
  /** Several different requests, sent in turn. */
  readonly requests: readonly RequestTemplate[];
}

const WORDS =
  'order refund policy shipping return customer invoice account support delivery warehouse agent answer context document question price discount payment address status request tracking number delay damage replacement subscription plan upgrade cancel contract period notice term language model response summary section paragraph evidence source page table figure result value reason cause effect change update version release service system error warning retry timeout limit quota region cluster node index vector search rank score'.split(
    ' ',
  );

function prose(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) {
    const word = WORDS[Math.floor(random() * WORDS.length)] as string;
    text += random() < 0.08 ? `${word} ${Math.floor(random() * 100_000)}. ` : `${word} `;
  }
  return text.slice(0, length);
}

function message(role: string, content: string): unknown {
  return { role, parts: [{ type: 'text', content }] };
}

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-20250514', 'gemini-2.5-flash'];

function genAiCall(random: () => number, messages: readonly unknown[], answer: string): AttributeList {
  const model = MODELS[Math.floor(random() * MODELS.length)] as string;
  const input = JSON.stringify(messages);
  return [
    ['gen_ai.operation.name', 'chat'],
    ['gen_ai.provider.name', model.startsWith('claude') ? 'anthropic' : 'openai'],
    ['gen_ai.request.model', model],
    ['gen_ai.response.model', model],
    ['gen_ai.response.id', `chatcmpl-${Math.floor(random() * 1e9)}`],
    ['gen_ai.request.temperature', 0.2],
    ['gen_ai.request.max_tokens', 1024],
    ['gen_ai.usage.input_tokens', Math.ceil(input.length / 4)],
    ['gen_ai.usage.output_tokens', Math.ceil(answer.length / 4)],
    ['gen_ai.usage.cache_read.input_tokens', Math.floor(input.length / 16)],
    ['gen_ai.response.time_to_first_chunk', 0.2 + random()],
    ['user.id', `user-${Math.floor(random() * 5000)}`],
    ['session.id', `session-${Math.floor(random() * 20_000)}`],
    ['throughline.feature', 'search'],
    ['gen_ai.input.messages', input],
    [
      'gen_ai.output.messages',
      JSON.stringify([{ ...(message('assistant', answer) as object), finish_reason: 'stop' }]),
    ],
  ];
}

function call(
  random: () => number,
  parent: number,
  startMs: number,
  attributes: AttributeList,
): SpanTemplate {
  return { name: 'chat', parent, startMs, durationMs: 300 + random() * 3000, attributes };
}

/** Writes a text of about this length. */
type WriteText = (random: () => number, length: number) => string;

/** Model calls of about 2.7 kB, five per trace. */
function llm(random: () => number, write: WriteText = prose): RequestTemplate {
  const traces = Array.from({ length: 100 }, () => {
    const root: SpanTemplate = { name: 'answer', parent: -1, startMs: 0, durationMs: 5000, attributes: [] };
    const calls = Array.from({ length: 5 }, (_, i) => {
      const messages = [message('system', write(random, 500)), message('user', write(random, 850))];
      return call(random, i === 0 ? -1 : 0, i * 200, genAiCall(random, messages, write(random, 560)));
    });
    return [{ ...root, ...calls[0], parent: -1 } as SpanTemplate, ...calls.slice(1)];
  });
  return encodeRequest('bench-llm', traces);
}

/** HTTP and database spans of about 300 bytes. */
function small(random: () => number): RequestTemplate {
  const traces = Array.from({ length: 200 }, () =>
    Array.from(
      { length: 10 },
      (_, i): SpanTemplate => ({
        name: i === 0 ? 'GET /orders/{id}' : 'SELECT orders',
        parent: i === 0 ? -1 : 0,
        startMs: i,
        durationMs: random() * 50,
        attributes:
          i === 0
            ? [
                ['http.request.method', 'GET'],
                ['http.route', '/orders/{id}'],
                ['http.response.status_code', 200],
                ['server.address', 'shop.example'],
                ['user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64)'],
              ]
            : [
                ['db.system.name', 'postgresql'],
                [
                  'db.query.text',
                  `SELECT * FROM orders WHERE id = $1 AND shard = ${Math.floor(random() * 64)}`,
                ],
                ['db.collection.name', 'orders'],
                ['server.address', 'db.internal'],
              ],
      }),
    ),
  );
  return encodeRequest('bench-small', traces);
}

/** Agents with 30 turns. Every call repeats the conversation so far. */
function agentLoop(random: () => number): RequestTemplate {
  const traces = Array.from({ length: 2 }, () => {
    const conversation = [message('system', prose(random, 1500)), message('user', prose(random, 400))];
    const spans: SpanTemplate[] = [
      {
        name: 'invoke_agent',
        parent: -1,
        startMs: 0,
        durationMs: 45_000,
        attributes: [
          ['gen_ai.operation.name', 'invoke_agent'],
          ['gen_ai.agent.name', 'researcher'],
        ],
      },
    ];
    for (let turn = 0; turn < 30; turn++) {
      const answer = prose(random, 600);
      spans.push(call(random, 0, turn * 1500, genAiCall(random, conversation, answer)));
      conversation.push(message('assistant', answer), message('tool', prose(random, 1500)));
    }
    return spans;
  });
  return encodeRequest('bench-agent', traces);
}

/** One prompt of 200 kB per trace. */
function largePrompts(random: () => number): RequestTemplate {
  const traces = Array.from({ length: 10 }, () => [
    call(random, -1, 0, genAiCall(random, [message('user', prose(random, 200_000))], prose(random, 900))),
  ]);
  return encodeRequest('bench-large', traces);
}

interface Builder {
  readonly describes: string;
  readonly build: (random: () => number) => RequestTemplate;
  /** Number of different requests, which are sent in turn. Default: 4. */
  readonly requests?: number;
}

const BUILDERS: Readonly<Record<string, Builder>> = {
  llm: { describes: 'model calls of 2.7 kB, 5 per trace', build: llm },
  natural: {
    describes: 'model calls of 2.7 kB with a natural vocabulary, JSON, code and several scripts',
    build: (random) => llm(random, naturalText),
    // Repeated texts would compress well and have few different words.
    requests: 24,
  },
  small: { describes: 'HTTP and database spans of 300 B', build: small },
  agent: { describes: 'agent loops with 30 turns that repeat the conversation', build: agentLoop },
  large: { describes: 'prompts of 200 kB', build: largePrompts },
};

export const WORKLOAD_NAMES = Object.keys(BUILDERS);

/** Throws for an unknown name. */
export function buildWorkload(name: string): Workload {
  const builder = BUILDERS[name];
  if (!builder) throw new Error(`Unknown workload "${name}". Use one of: ${WORKLOAD_NAMES.join(', ')}.`);
  const requests = Array.from({ length: builder.requests ?? 4 }, (_, seed) =>
    builder.build(randomNumbers(seed + 1)),
  );
  return { name, describes: builder.describes, requests };
}
