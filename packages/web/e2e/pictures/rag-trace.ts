import type { TestSpan } from '../support/otlp.ts';
import type { Subject } from './help-texts.ts';
import type { Random } from './random.ts';

const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

const SYSTEM = [
  'You answer questions of customers of Alpine, a shop for outdoor equipment.',
  'Use only the sections of the handbook below and cite them as [1], [2]. If they do not answer the question, say so and offer to connect the customer with a person.',
  'Answer in the language of the question, in at most four sentences. Write prices in the currency of the customer. Never promise a date that the handbook does not state.',
].join('\n\n');

/** Tokens of a text, roughly. */
const tokensOf = (text: string) => Math.round(text.length / 4.2);

export interface RagTurn {
  readonly subject: Subject;
  readonly turn: number;
  readonly user: string;
  readonly session: string;
  readonly promptVersion: string;
  readonly model: { readonly name: string; readonly provider: string };
  /** How much slower than usual the search is. */
  readonly slowness: number;
  /** The shop's own model that makes a question understandable without those before it. */
  readonly rewriteModel: string;
  /** Whether the provider refuses the last call. */
  readonly refused: boolean;
}

/**
 * A question that is answered from a handbook.
 *
 *     answer_question
 *     ├─ rewrite_question    a call of a small model, from the second turn on
 *     ├─ retrieve
 *     │  ├─ embed
 *     │  └─ vector_search
 *     ├─ rerank
 *     └─ chat
 */
export function ragTrace(random: Random, given: RagTurn): readonly TestSpan[] {
  const { subject, turn, user, session, promptVersion, model, slowness, rewriteModel, refused } = given;
  const { question, answer } = subject.turns[turn] as Subject['turns'][number];
  const before = subject.turns.slice(0, turn);
  const [root, retrieve] = [random.hex(8), random.hex(8)];
  const spans: TestSpan[] = [];
  let now = random.between(2, 6);
  const step = (durationMs: number, span: Omit<TestSpan, 'startMs' | 'durationMs'>) => {
    spans.push({ id: random.hex(8), startMs: now, durationMs, ...span });
    now += durationMs + random.between(0.4, 2);
  };
  if (turn > 0)
    step(random.between(280, 520), {
      name: 'rewrite_question',
      parent: root,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'vllm',
        'gen_ai.request.model': rewriteModel,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.prompt.name': 'rewrite',
        'gen_ai.prompt.version': '3',
        'gen_ai.usage.input_tokens': 180 + tokensOf(before.map((each) => each.answer).join()),
        'gen_ai.usage.output_tokens': tokensOf(question),
        'gen_ai.input.messages': [
          message('system', 'Rewrite the last question so that it can be understood alone.'),
          ...before.flatMap((each) => [message('user', each.question), message('assistant', each.answer)]),
          message('user', question),
        ],
        'gen_ai.output.messages': [message('assistant', `${subject.turns[0]?.question} ${question}`)],
      },
    });
  const found = subject.sections.map((section, index) => ({
    id: section.id,
    content: section.text,
    score: Number((0.91 - index * 0.13 - random.between(0, 0.06)).toFixed(3)),
  }));
  const retrieveStart = now;
  step(random.between(40, 90), {
    name: 'embed',
    parent: retrieve,
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.usage.input_tokens': tokensOf(question),
      'input.value': question,
    },
  });
  step(random.between(60, 240) * slowness, {
    name: 'vector_search',
    parent: retrieve,
    attributes: {
      'db.system.name': 'qdrant',
      'db.operation.name': 'query',
      'db.collection.name': 'handbook',
      'db.response.returned_rows': found.length,
    },
  });
  spans.push({
    id: retrieve,
    parent: root,
    name: 'retrieve',
    startMs: retrieveStart,
    durationMs: now - retrieveStart,
    attributes: {
      'openinference.span.kind': 'RETRIEVER',
      'input.value': question,
      ...documents('retrieval.documents', found),
    },
  });
  step(random.between(70, 160), {
    name: 'rerank',
    parent: root,
    attributes: {
      'openinference.span.kind': 'RERANKER',
      'reranker.query': question,
      'reranker.model_name': 'bge-reranker-v2-m3',
      'reranker.top_k': 3,
      ...documents('reranker.input_documents', found),
      ...documents(
        'reranker.output_documents',
        found
          .slice(0, 3)
          .map((each, index) => ({ ...each, score: Number((0.97 - index * 0.21).toFixed(2)) })),
      ),
    },
  });
  const sections = found.slice(0, 3).map(({ id, content }, index) => `[${index + 1}] ${id}\n${content}`);
  const input =
    1400 + tokensOf(SYSTEM + sections.join() + question) + turn * 320 + Math.round(random.between(0, 900));
  const output = tokensOf(answer) + Math.round(random.between(10, 90));
  const firstToken = random.between(0.28, 0.75);
  const answered = {
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.response.time_to_first_chunk': Number(firstToken.toFixed(3)),
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.cache_read.input_tokens': random.chance(0.75) ? 1024 : 0,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.output.messages': [{ ...message('assistant', answer), finish_reason: 'stop' }],
  };
  const error = '429: the limit of requests per minute is reached';
  step(refused ? 180 : firstToken * 1000 + output * random.between(9, 14), {
    name: `chat ${model.name}`,
    parent: root,
    ...(refused && {
      error,
      events: [
        {
          name: 'exception',
          attributes: { 'exception.type': 'RateLimitError', 'exception.message': error },
        },
      ],
    }),
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.provider,
      'gen_ai.request.model': model.name,
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 600,
      'gen_ai.prompt.name': 'answer',
      'gen_ai.prompt.version': promptVersion,
      'gen_ai.input.messages': [
        message('system', `${SYSTEM}\n\n${sections.join('\n\n')}`),
        ...before.flatMap((each) => [message('user', each.question), message('assistant', each.answer)]),
        message('user', question),
      ],
      ...(!refused && answered),
    },
  });
  const used = [...new Set(answer.match(/\[\d\]/g) ?? [])].map((mark) => ({
    id: found[Number(mark[1]) - 1]?.id ?? '',
  }));
  return [
    {
      id: root,
      name: 'answer_question',
      durationMs: now + random.between(1, 5),
      ...(refused && { error }),
      attributes: {
        'openinference.span.kind': 'CHAIN',
        'input.value': question,
        ...(!refused && { 'output.value': answer, 'throughline.documents.used': used }),
        'user.id': user,
        'session.id': session,
        'throughline.feature': subject.feature,
        'customer.plan': random.pick(['guest', 'member', 'member', 'summit club']),
      },
    },
    ...spans,
  ];
}

function documents(
  prefix: string,
  list: readonly { readonly id: string; readonly content: string; readonly score: number }[],
) {
  return Object.fromEntries(
    list.flatMap(({ id, content, score }, index) => [
      [`${prefix}.${index}.document.id`, id],
      [`${prefix}.${index}.document.content`, content],
      [`${prefix}.${index}.document.score`, score],
    ]),
  );
}
