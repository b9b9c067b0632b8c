import type { TestSpan } from '../support/otlp.ts';
import type { Random } from './random.ts';

const MODEL = 'claude-sonnet-4-5';
const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

interface ToolCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: unknown;
  readonly ms: number;
  /** Type and message of its error. */
  readonly error?: readonly [type: string, message: string];
}

interface Task {
  readonly question: string;
  readonly answer: string;
  /** Tool calls by iteration. Those of one iteration run side by side. */
  readonly iterations: readonly (readonly ToolCall[])[];
  /** The part of the work that another agent does, before the last call. */
  readonly specialist?: {
    readonly name: string;
    readonly iterations: readonly (readonly ToolCall[])[];
    readonly answer: string;
  };
}

const TIMEOUT = ['GatewayTimeout', 'the payment provider did not answer within 4 s'] as const;

/** What the customers of the shop ask the agent. `order` is the number of the order. */
export function agentTasks(order: number, failing: boolean): readonly [Task, Task, Task] {
  const lookUp: ToolCall = {
    tool: 'lookup_order',
    arguments: { order },
    result: {
      order,
      state: 'shipped',
      carrier: 'DHL',
      parcel: `JD0146${order}`,
      items: ['Ridge 2 tent', 'pegs, 12 pieces'],
      total: '489.90 EUR',
    },
    ms: 210,
  };
  const refund: ToolCall = {
    tool: 'issue_refund',
    arguments: { order, amount: '38.00', currency: 'EUR', reason: 'damaged on arrival' },
    result: { refund: `rf_${order}`, state: 'accepted' },
    ms: 640,
  };
  const failed: ToolCall = { ...refund, ms: 4030, result: null, error: TIMEOUT };
  return [
    {
      question: `Where is my order ${order}? It should have been here on Tuesday.`,
      answer: `Your parcel is in the delivery centre of Innsbruck since 6:40 this morning and arrives **tomorrow before noon**. Snow closed the road over the Brenner for a day, I am sorry about the delay.`,
      iterations: [
        [lookUp],
        [
          {
            tool: 'track_parcel',
            arguments: { parcel: `JD0146${order}` },
            result: { state: 'in transit', place: 'Innsbruck', since: '06:40' },
            ms: 820,
          },
          {
            tool: 'road_conditions',
            arguments: { route: 'Verona–Innsbruck' },
            result: { closed: ['A22 Brenner'], until: '22:00 yesterday' },
            ms: 430,
          },
        ],
      ],
    },
    {
      question: `One of the poles in order ${order} arrived broken. Can I get part of the money back?`,
      answer: failing
        ? `I have approved a refund of **38 euros**. The payment provider needed a second attempt; the money is on your card within five working days. You can keep the pole, our workshop repairs it at no cost.`
        : `I have refunded **38 euros** to your card. You can keep the pole: our workshop repairs it at no cost, with the label I have just sent you.`,
      iterations: [
        [lookUp],
        [
          {
            tool: 'search_policy',
            arguments: { query: 'damaged on arrival' },
            result: 'Damaged parts: refund up to 20 % without a return, or a free repair.',
            ms: 190,
          },
        ],
      ],
      specialist: {
        name: 'refund_specialist',
        iterations: failing ? [[failed], [refund]] : [[refund]],
        answer: 'Refunded 38 euros, and sent a label for the repair.',
      },
    },
    {
      question: `Please cancel the pegs in order ${order}, I have enough of them.`,
      answer: `The pegs were already packed, so I could not take them out. You can send them back for free; the label is in your inbox.`,
      iterations: [
        [lookUp],
        [
          {
            tool: 'change_order',
            arguments: { order, remove: ['pegs, 12 pieces'] },
            result: { changed: false, reason: 'already packed' },
            ms: 350,
          },
        ],
      ],
    },
  ];
}

export interface AgentTurn {
  readonly task: Task;
  readonly user: string;
  readonly session: string;
}

/** An agent that calls tools in turns until it can answer, and hands refunds to a second agent. */
export function orderAgentTrace(random: Random, { task, user, session }: AgentTurn): readonly TestSpan[] {
  const root = random.hex(8);
  const labels = { 'user.id': user, 'session.id': session, 'throughline.feature': 'orders' };
  const spans: TestSpan[] = [];
  let endMs = run('order_agent', root, task.iterations, task.answer, 4, task.question, task.specialist);
  endMs += 3;
  return [
    {
      id: root,
      name: 'order_agent',
      durationMs: endMs,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'order_agent',
        'input.value': task.question,
        'output.value': task.answer,
        ...labels,
      },
    },
    ...spans,
  ];

  /** Adds the steps of an agent below its span. Returns the time at which it ends. */
  function run(
    agent: string,
    parent: string,
    iterations: Task['iterations'],
    answer: string,
    startMs: number,
    question: string,
    specialist?: Task['specialist'],
  ): number {
    let now = startMs;
    const conversation: unknown[] = [
      text(
        'system',
        `You are the ${agent.replace('_', ' ')} of Alpine, a shop for outdoor equipment. Look things up before you answer. Never guess an order number, and never refund more than 20 % of an order without a return.`,
      ),
      text('user', question),
    ];
    const call = (output: unknown, finish: string) => {
      const input = 1900 + Math.round(JSON.stringify(conversation).length / 3.6);
      const outputTokens = Math.round(JSON.stringify(output).length / 4) + 30;
      const firstToken = random.between(0.5, 1.1);
      const durationMs = firstToken * 1000 + outputTokens * random.between(10, 16);
      spans.push({
        id: random.hex(8),
        parent,
        name: `chat ${MODEL}`,
        startMs: now,
        durationMs,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.model': MODEL,
          'gen_ai.request.max_tokens': 1024,
          'gen_ai.response.finish_reasons': [finish],
          'gen_ai.response.time_to_first_chunk': Number(firstToken.toFixed(3)),
          'gen_ai.usage.input_tokens': input,
          'gen_ai.usage.cache_read.input_tokens': conversation.length > 2 ? 1800 : 0,
          'gen_ai.usage.output_tokens': outputTokens,
          'gen_ai.input.messages': conversation,
          'gen_ai.output.messages': [output],
        },
      });
      now += durationMs + 2;
    };
    for (const tools of iterations) {
      const calls = tools.map((each) => ({ ...each, id: `toolu_${random.hex(6)}` }));
      const request = {
        role: 'assistant',
        parts: calls.map(({ id, tool, arguments: given }) => ({
          type: 'tool_call',
          id,
          name: tool,
          arguments: given,
        })),
      };
      call({ ...request, finish_reason: 'tool_call' }, 'tool_use');
      const durations = calls.map((each) => each.ms * random.between(0.9, 1.15));
      calls.forEach((each, index) => {
        spans.push({
          id: random.hex(8),
          parent,
          name: each.tool,
          startMs: now + index * 3,
          durationMs: durations[index] as number,
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': each.tool,
            'gen_ai.tool.call.id': each.id,
            'gen_ai.tool.call.arguments': each.arguments,
            ...(each.error === undefined && { 'gen_ai.tool.call.result': each.result }),
          },
          ...(each.error && {
            error: each.error[1],
            events: [
              {
                name: 'exception',
                attributes: {
                  'exception.type': each.error[0],
                  'exception.message': each.error[1],
                  'exception.stacktrace': `${each.error[0]}: ${each.error[1]}\n    at PaymentClient.refund (payments/client.ts:88:13)\n    at issueRefund (tools/issue-refund.ts:31:20)`,
                },
              },
            ],
          }),
        });
      });
      now += Math.max(...durations) + 6;
      conversation.push(request, {
        role: 'tool',
        parts: calls.map((each) => ({
          type: 'tool_call_response',
          id: each.id,
          response: each.error?.[1] ?? each.result,
        })),
      });
    }
    if (specialist) {
      const id = random.hex(8);
      const beganMs = now;
      now = run(
        specialist.name,
        id,
        specialist.iterations,
        specialist.answer,
        now + 2,
        'Refund 38 euros of this order: a pole arrived broken.',
      );
      spans.push({
        id,
        parent,
        name: specialist.name,
        startMs: beganMs,
        durationMs: now - beganMs,
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': specialist.name },
      });
      now += 2;
    }
    call({ ...text('assistant', answer), finish_reason: 'stop' }, 'end_turn');
    return now;
  }
}
