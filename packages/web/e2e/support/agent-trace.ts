import { newSpanId, type TestSpan } from './otlp.ts';

const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

/** Ids of the spans of {@link agentTrace}. */
export interface AgentIds {
  readonly root: string;
  readonly calls: readonly string[];
  readonly tools: readonly string[];
}

/**
 * An agent that searches five times. Each call repeats the conversation so far, and the second search is slow.
 *
 *     researcher  0────────────────────────────────────────6600
 *     ├─ chat 1    0──500
 *     ├─ search 1     500──900
 *     ├─ chat 2          1000──1500
 *     ├─ search 2            1500────────3400           failed
 *     ├─ chat 3                          3500──4000
 *     …
 */
export function agentTrace(): { spans: readonly TestSpan[]; ids: AgentIds } {
  const root = newSpanId();
  const calls = Array.from({ length: 5 }, newSpanId);
  const tools = Array.from({ length: 4 }, newSpanId);
  const conversation: unknown[] = [
    text('system', 'You are a careful researcher.'),
    text('user', 'Which of our orders are late?'),
  ];
  const spans: TestSpan[] = [
    {
      name: 'researcher',
      id: root,
      durationMs: 6600,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'researcher' },
    },
  ];
  let startMs = 0;
  calls.forEach((id, turn) => {
    const toolId = tools[turn];
    const callId = `call_${turn + 1}`;
    const answer = toolId
      ? {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: callId, name: 'search', arguments: { page: turn + 1 } }],
        }
      : text('assistant', 'Orders 12 and 40 are late.');
    spans.push({
      name: 'chat gpt-4o',
      id,
      parent: root,
      startMs,
      durationMs: 500,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.request.temperature': turn === 4 ? 0.7 : 0,
        'gen_ai.usage.input_tokens': 1000 * (turn + 1),
        'gen_ai.usage.output_tokens': 100,
        'gen_ai.input.messages': JSON.stringify(conversation),
        'gen_ai.output.messages': JSON.stringify([
          { ...answer, finish_reason: toolId ? 'tool_call' : 'stop' },
        ]),
      },
    });
    startMs += 500;
    if (!toolId) return;
    const durationMs = turn === 1 ? 1900 : 400;
    spans.push({
      name: 'execute_tool search',
      id: toolId,
      parent: root,
      startMs,
      durationMs,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'search',
        'gen_ai.tool.call.id': callId,
        'gen_ai.tool.call.result': JSON.stringify({ page: turn + 1 }),
      },
      ...(turn === 1 && { error: 'the index was busy' }),
    });
    startMs += durationMs + 100;
    conversation.push(answer, {
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: callId, response: { page: turn + 1 } }],
    });
  });
  return { spans, ids: { root, calls, tools } };
}
