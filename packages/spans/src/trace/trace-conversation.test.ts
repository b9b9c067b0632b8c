import { describe, expect, it } from 'vitest';
import type { Message, MessagePart } from '../model/messages.ts';
import { type ConversationStep, conversationOf } from './trace-conversation.ts';

const text = (role: string, content: string): Message => ({ role, parts: [{ type: 'text', content }] });
const asks = (id: string): MessagePart => ({ type: 'tool_call', id, name: 'lookup', arguments: { id } });
const gives = (id: string): Message => ({
  role: 'tool',
  parts: [{ type: 'tool_call_response', id, response: `result of ${id}` }],
});
const said = (steps: readonly ConversationStep[]) =>
  conversationOf(steps).map((entry) =>
    entry.type === 'tool'
      ? `tool ${entry.spanId}`
      : `${entry.message.role}${entry.isOutput ? '!' : ''} ${entry.message.parts.map((part) => ('content' in part ? part.content : part.type)).join('+')}`,
  );

const system = text('system', 'Be brief.');
const user = text('user', 'Where is it?');
const request: Message = { role: 'assistant', parts: [{ type: 'text', content: 'I look.' }, asks('t1')] };
const first: ConversationStep = {
  spanId: 'call 1',
  kind: 'llm',
  inputMessages: [system, user],
  outputMessages: [{ ...request, finish_reason: 'tool_calls' }],
};
const tool: ConversationStep = {
  spanId: 'lookup',
  kind: 'tool',
  tool: { callId: 't1', arguments: { id: 't1' }, result: 'shipped' },
};
const second: ConversationStep = {
  spanId: 'call 2',
  kind: 'llm',
  inputMessages: [system, user, request, gives('t1')],
  outputMessages: [text('assistant', 'It was shipped.')],
};

describe('the conversation of a trace', () => {
  it('has each message once, and a tool in place of its call and its result', () => {
    expect(said([first, tool, second])).toEqual([
      'system Be brief.',
      'user Where is it?',
      'assistant! I look.',
      'tool lookup',
      'assistant! It was shipped.',
    ]);
  });

  it('shows the call and the result in the messages if the tool has no span', () => {
    expect(said([first, second])).toEqual([
      'system Be brief.',
      'user Where is it?',
      'assistant! I look.+tool_call',
      'tool tool_call_response',
      'assistant! It was shipped.',
    ]);
  });

  it('has the arguments and the result of a tool from the messages if its span lacks them', () => {
    const silent: ConversationStep = { spanId: 'lookup', kind: 'tool', tool: { callId: 't1' } };
    const tools = (steps: readonly ConversationStep[]) =>
      conversationOf(steps).flatMap((entry) => (entry.type === 'tool' ? [entry.tool] : []));
    expect(tools([first, silent, second])).toEqual([
      { callId: 't1', arguments: { id: 't1' }, result: 'result of t1' },
    ]);
    expect(tools([first, tool, second])).toEqual([tool.tool]);
  });

  it('keeps an empty message, and the answers of two calls that differ', () => {
    const empty: ConversationStep = {
      spanId: 'a',
      kind: 'llm',
      outputMessages: [{ role: 'assistant', parts: [] }],
    };
    expect(said([empty, { spanId: 'b', kind: 'llm', outputMessages: [text('assistant', 'x')] }])).toEqual([
      'assistant! ',
      'assistant! x',
    ]);
    expect(said([])).toEqual([]);
  });
});
